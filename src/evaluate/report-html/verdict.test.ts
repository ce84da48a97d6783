import { expect, test } from 'vitest';
import type { Comparison, Measured, Report } from '../report.ts';
import { verdict } from './verdict.ts';

const float: Measured = { bytes: 1_100_000, parameters: 272_474, macs: 40_813_184 };
const int8: Measured = { ...float, bytes: 305_000 };

function report(parts: Partial<Report>): Report {
  return {
    schema: 'pare.report/1',
    command: 'quantize',
    warnings: [],
    seconds: 3.2,
    peakBytes: 1e8,
    ...parts,
  };
}

function compared(comparison: Comparison, before = float, after = int8): Report {
  return report({ before, after, comparison });
}

const timed = (side: Measured, median: number): Measured => ({
  ...side,
  latencyMs: { median, p10: median, p90: median, runs: 50, batch: 1 },
});

test('smaller, faster, less accurate, agreement', () => {
  const comparison = {
    agreement: 0.993,
    drop: { metric: 'top1', points: 0.1, low: -0.4, high: 0.6 },
    speedup: { median: 1.9, low: 1.8, high: 2 },
  };
  expect(verdict(compared(comparison))).toBe(
    '3.6× smaller, 1.9× faster, 0.1 point lower top-1 (95\u202f% interval −0.4 to 0.6); 99.3\u202f% same answers.',
  );
});

test('a gain is told with the interval of the gain', () => {
  const comparison = { drop: { metric: 'top5', points: -1.25, low: -2, high: -0.5 } };
  expect(verdict(compared(comparison))).toBe(
    '3.6× smaller, 1.3 points higher top-5 (95\u202f% interval 0.5 to 2.0).',
  );
});

test('larger, slower, unchanged metric', () => {
  const comparison = {
    drop: { metric: 'f1', points: 0, low: -0.2, high: 0.2 },
    speedup: { median: 0.8, low: 0.7, high: 0.9 },
  };
  expect(verdict(compared(comparison, int8, float))).toBe(
    '3.6× larger, 1.3× slower, same F1 (95\u202f% interval −0.2 to 0.2).',
  );
});

test('a speed-up whose interval holds 1 is not claimed', () => {
  const comparison = { speedup: { median: 1.05, low: 0.97, high: 1.1 } };
  expect(verdict(compared(comparison))).toBe('3.6× smaller, no clear change in speed (1.05×).');
});

test('without a paired measurement the medians are compared', () => {
  expect(verdict(report({ before: timed(float, 4), after: timed(float, 2) }))).toBe(
    'Same size, 2.0× faster.',
  );
  expect(verdict(report({ before: timed(float, 2), after: timed(float, 2) }))).toBe('Same size, same speed.');
});

test('agreement as the primary metric carries the interval', () => {
  const comparison = { agreement: 0.988, drop: { metric: 'agreement', points: 1.2, low: 0.4, high: 2.2 } };
  expect(verdict(compared(comparison))).toBe(
    '3.6× smaller; 98.8\u202f% same answers (95\u202f% interval 97.8 to 99.6\u202f%).',
  );
});

test('one model alone, nothing measured, failure', () => {
  const alone = { ...timed(float, 12.34), samples: 10_000, metrics: { top1: 0.7188 } };
  expect(verdict(report({ before: alone }))).toBe(
    'Top-1 71.9\u202f% on 10\u202f000 samples, 12.3\u202fms a run (batch\u00a01), 1.10\u202fMB.',
  );
  expect(verdict(report({}))).toBe('Done in 3.20\u202fs.');
  expect(verdict(report({ error: { code: 'x', message: 'It broke.' }, before: float, after: int8 }))).toBe(
    'Failed: It broke.',
  );
});

test('metrics of targets are told in their unit, and the right way round', () => {
  const drop = { points: 0.835, low: 0.734, high: 0.944 };
  const psnr = { drop: { metric: 'psnr', ...drop, unit: 'dB' as const } };
  expect(verdict(compared(psnr))).toBe(
    '3.6× smaller, 0.83\u202fdB lower PSNR (95\u202f% interval 0.73 to 0.94).',
  );
  const rmse = { drop: { metric: 'rmse', ...drop, unit: 'number' as const } };
  expect(verdict(compared(rmse))).toBe(
    '3.6× smaller, 0.835 higher RMSE (95\u202f% interval 0.734 to 0.944).',
  );
  const gained = { drop: { metric: 'rmse', points: -0.5, low: -0.75, high: -0.25, unit: 'number' as const } };
  expect(verdict(compared(gained))).toBe(
    '3.6× smaller, 0.500 lower RMSE (95\u202f% interval 0.250 to 0.750).',
  );
});

test('a model alone is told by the primary metric of its task', () => {
  const before = { ...float, samples: 350, metrics: { mae: 0.02, psnr: 28.53, rmse: 0.045 } };
  expect(verdict(report({ command: 'evaluate', before }))).toBe('RMSE 0.0450 on 350 samples, 1.10\u202fMB.');
  const sequence = { ...float, samples: 9, metrics: { accuracy: 0.5, perplexity: 12 } };
  expect(verdict(report({ command: 'evaluate', before: sequence }))).toContain('Accuracy 50.0\u202f% on 9');
});
