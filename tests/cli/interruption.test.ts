import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const training = ['train', 'lenet-5', '--data', 'synthetic:strokes?samples=640&seed=1', '--threads', '1'];
const short = ['--epochs', '3', '--augment', 'affine', '--validation', '0.2', '--quiet'];

/** The model of a training that is stopped by a signal once it has checkpoints, and gone on with. */
async function stoppedAndGoneOn(
  cwd: string,
  signal: NodeJS.Signals,
): Promise<{ model: Buffer; said: string }> {
  let isSent = false;
  const stopped = await runCli(
    [...training, ...short.slice(0, -1), '-o', 'run', '--checkpoint-every', '0.01'],
    {
      cwd,
      onStderr: (child) => {
        if (isSent || !existsSync(join(cwd, 'run', 'checkpoints', 'last.safetensors'))) return;
        isSent = true;
        child.kill(signal);
      },
    },
  );
  const { code } = await runCli([...training, ...short, '-o', 'run', '--resume', 'run'], { cwd });
  expect(code).toBe(0);
  return { model: readFileSync(join(cwd, 'run', 'model.onnx')), said: stopped.stderr };
}

test.skipIf(process.platform === 'win32')(
  'a training that was killed goes on to the same bytes, one that was interrupted says how',
  async () => {
    const cwd = mkdtempSync(join(root, 'train-'));
    await runCli([...training, ...short, '-o', 'whole.onnx'], { cwd });
    const whole = readFileSync(join(cwd, 'whole.onnx'));
    const killed = await stoppedAndGoneOn(mkdtempSync(join(root, 'killed-')), 'SIGKILL');
    expect(killed.model.equals(whole)).toBe(true);
    const told = await stoppedAndGoneOn(mkdtempSync(join(root, 'told-')), 'SIGINT');
    expect(told.model.equals(whole)).toBe(true);
    expect(told.said).toContain('to go on, add --resume run to the same command');
  },
  60_000,
);
