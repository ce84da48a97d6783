import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { LayerReport, Measured, Report } from '../evaluate/report.ts';
import { printReport } from './print-report.ts';

const before: Measured = {
  samples: 1000,
  metrics: { f1: 0.9147, top1: 0.915 },
  latencyMs: { median: 0.446, p10: 0.44, p90: 0.46, runs: 100, batch: 1 },
  parameters: 271_098,
  macs: 40_551_040,
  bytes: 1_097_705,
};
const base: Report = {
  schema: 'pare.report/1',
  command: 'quantize',
  warnings: [],
  seconds: 1.52,
  peakBytes: 1,
};

const layer = (name: string, rest: Partial<LayerReport>): LayerReport => ({
  name,
  opType: 'Conv',
  state: 'quantized',
  reason: '',
  ...rest,
});

/** Lines as a terminal without colours shows them; thin spaces as plain ones. */
function printed(report: Report, page?: string): string[] {
  const lines: string[] = [];
  printReport(report, page === undefined ? {} : { report: page }, (text) => lines.push(...text.split('\n')));
  return lines.map((line) => stripVTControlCharacters(line).replaceAll('\u202f', ' '));
}

test('before and after, the verdict, and the layers to look at', () => {
  const after = {
    ...before,
    bytes: 298_300,
    metrics: { f1: 0.9156, top1: 0.916 },
    latencyMs: { ...before.latencyMs!, median: 0.205 },
  };
  const report: Report = {
    ...base,
    before,
    after,
    output: { path: 'out/model.onnx', bytes: 298_300, sha256: '' },
    comparison: {
      agreement: 0.993,
      drop: { metric: 'top1', points: -0.1, low: -0.6, high: 0.4 },
      speedup: { median: 2.1, low: 2, high: 2.2 },
    },
    layers: [
      layer('conv1', { weightSqnrDb: 41.93, activationSqnrDb: 35 }),
      layer('conv2', { weightSqnrDb: 40, activationSqnrDb: 25.5 }),
      layer('softmax', { opType: 'Softmax', state: 'float', reason: 'no integer kernel' }),
      layer('flatten', { opType: 'Flatten', state: 'pass' }),
    ],
    warnings: [{ code: 'guarded', where: 'conv\u202e1', message: 'A guard.' }],
    limits: [{ name: 'max-drop', wanted: 0, got: 0.4, unit: 'points', met: false }],
    met: false,
  };
  expect(printed(report, 'page.html')).toEqual([
    '           before     after',
    'file      1.10 MB    298 kB',
    'latency  0.446 ms  0.205 ms',
    'top-1     91.50 %   91.60 %',
    'F1        91.47 %   91.56 %',
    '',
    '3.7× smaller, 2.1× faster, 0.1 point higher top-1 (95 % interval −0.4 to 0.6); 99.3 % same answers.',
    '2 nodes quantized, 1 move codes, 1 left in float',
    'node     operator  state      weights   output',
    'softmax  Softmax   float                        no integer kernel',
    'conv2    Conv      quantized  40.0 dB  25.5 dB',
    'conv1    Conv      quantized  41.9 dB  35.0 dB',
    'warning conv⟨U+202E⟩1: A guard.',
    'not met max-drop: at most 0 points wanted, 0.400 reached',
    'A stated limit was not met; the best result was written.',
    '✓ out/model.onnx  (1.5 s)',
    '  report: page.html',
  ]);
});

test('a model alone; nothing was written, so nothing is said to be', () => {
  const output = { path: 'a.onnx', bytes: 1, sha256: '' };
  expect(printed({ ...base, command: 'evaluate', before, output })).toEqual([
    'file              1.10 MB',
    'parameters        271,098',
    'MACs a sample  40,551,040',
    'samples             1,000',
    'latency          0.446 ms',
    'top-1             91.50 %',
    'F1                91.47 %',
  ]);
});

test('long lists are cut, and say so', () => {
  const float = Array.from({ length: 20 }, (_, i) =>
    layer(`block/${'x'.repeat(60)}/${i}`, { state: 'float' }),
  );
  const warnings = Array.from({ length: 7 }, () => ({ code: 'c', where: '', message: 'm' }));
  const lines = printed({ ...base, layers: float, warnings });
  expect(lines).toContain('  … and 8 more in float; the report lists all');
  expect(lines).toContain('  … and 2 more warnings');
  expect(lines.filter((line) => line === 'warning m')).toHaveLength(5);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
});

test('metrics of targets stand in their units', () => {
  const metrics = { mae: 0.0264, psnr: 28.534, rmse: 0.0454 };
  const after = { ...before, metrics: { mae: 0.03, psnr: 27.7, rmse: 0.0476 } };
  const lines = printed({ ...base, before: { ...before, metrics }, after });
  expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual(
    expect.arrayContaining([
      'RMSE 0.0454 0.0476',
      'mean absolute error 0.0264 0.0300',
      'PSNR 28.53 dB 27.70 dB',
    ]),
  );
});
