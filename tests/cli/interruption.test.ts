import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { calibration, runCli, strokes } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'pare-interruption-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const many = 'synthetic:strokes?samples=100000&seed=3';
const moments: [string, NodeJS.Signals, number, string[], RegExp][] = [
  ['calibrating', 'SIGINT', 130, ['--data', many, '--samples', '100000'], /calibrate/],
  ['evaluating', 'SIGINT', 130, [...calibration, '--eval-data', many], /evaluate/],
  ['calibrating', 'SIGTERM', 143, ['--data', many, '--samples', '100000'], /calibrate/],
];

/** Windows ends a process at once instead of telling it. */
test.skipIf(process.platform === 'win32').each(moments)(
  '%s, %s ends with %i and leaves what was there',
  async (_, signal, code, args, moment) => {
    const cwd = mkdtempSync(join(root, 'run-'));
    writeFileSync(join(cwd, 'out.onnx'), 'old');
    let isSent = false;
    const outcome = await runCli(['quantize', strokes, '-o', 'out.onnx', ...args, '--json'], {
      cwd,
      onStderr: (child, text) => {
        if (isSent || !moment.test(text)) return;
        isSent = true;
        child.kill(signal);
      },
    });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(/Interrupted; nothing was left half-written/);
    expect(JSON.parse(outcome.stdout).error).toMatchObject({ code: 'interrupted' });
    expect(readdirSync(cwd)).toEqual(['out.onnx']);
    expect(readFileSync(join(cwd, 'out.onnx'), 'utf8')).toBe('old');
  },
);
