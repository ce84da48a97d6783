import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { reportSchema } from '../../src/evaluate/report.ts';
import { calibration, runCli, strokes } from './run-cli.ts';

const root = mkdtempSync(join(tmpdir(), 'pare-runs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const scoring = join(root, 'scoring.json');
writeFileSync(
  scoring,
  JSON.stringify({ kind: 'synthetic', set: 'strokes', samples: 50, seed: 2, preprocess: { scale: 1 / 255 } }),
);

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'run-'));
});

describe('quantize', () => {
  test('a folder, and its lock gives the same bytes', async () => {
    const first = await runCli(['quantize', strokes, '-o', 'a', ...calibration, '--seed', '5'], { cwd });
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toContain('calibrate: 10/10\n');
    expect(first.stderr).toMatch(/3\.6× smaller/);
    expect(readdirSync(join(cwd, 'a')).sort()).toEqual([
      ...['model.onnx', 'recipe.lock.yaml', 'report.html', 'report.json'],
    ]);
    const replay = ['--lock', 'a/recipe.lock.yaml', ...calibration.slice(0, 2), '--quiet'];
    const second = await runCli(['quantize', strokes, '-o', 'b.onnx', ...replay], { cwd });
    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(cwd, 'b.onnx')).equals(readFileSync(join(cwd, 'a/model.onnx')))).toBe(true);
  });

  test('--json prints one valid object and nothing else; --report writes the page', async () => {
    const args = [
      '-o',
      'a.onnx',
      ...calibration,
      '--eval-data',
      scoring,
      '--json',
      '--report',
      'a.html',
      '--max-drop',
      '100',
    ];
    const { code, stdout, stderr } = await runCli(['quantize', strokes, ...args], { cwd });
    expect(code).toBe(0);
    expect(stdout.endsWith('}\n') && !stdout.slice(0, -1).includes('\n')).toBe(true);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ command: 'quantize', before: { samples: 50 }, met: true });
    expect(report.limits).toEqual([
      { name: 'max-drop', wanted: 100, got: expect.any(Number), unit: 'points', met: true },
    ]);
    expect(report.comparison?.agreement).toBeGreaterThan(0.9);
    expect(stderr).toMatch(/✓ a\.onnx/);
    expect(readFileSync(join(cwd, 'a.html'), 'utf8')).toContain('conv7');
  });

  test('excluded nodes stay in float', async () => {
    const args = [
      '-o',
      'a.onnx',
      ...calibration,
      '--exclude',
      'conv1',
      '--exclude',
      'type:Gemm',
      '--json',
      '--quiet',
    ];
    const { stdout } = await runCli(['quantize', strokes, ...args], { cwd });
    const { layers = [] } = reportSchema.parse(JSON.parse(stdout));
    const states = Object.fromEntries(layers.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ conv1: 'float', conv2: 'quantized', conv7: 'quantized', dense: 'float' });
  });
});

describe('evaluate', () => {
  test('a model alone, and against itself', async () => {
    const alone = await runCli(['evaluate', strokes, '--data', scoring, '--json', '--quiet'], { cwd });
    expect(reportSchema.parse(JSON.parse(alone.stdout)).before?.samples).toBe(50);
    const args = ['evaluate', strokes, '--against', strokes, '--data', scoring, '--json', '--quiet'];
    const { comparison } = reportSchema.parse(JSON.parse((await runCli(args, { cwd })).stdout));
    expect(comparison).toMatchObject({ agreement: 1, drop: { points: 0 }, mse: 0 });
  });
});

describe('clean', () => {
  test('gives the same answers with fewer nodes, in a newer operator set', async () => {
    const args = [
      'clean',
      strokes,
      '-o',
      'a.onnx',
      '--opset',
      '21',
      '--eval-data',
      scoring,
      '--json',
      '--quiet',
    ];
    const { comparison } = reportSchema.parse(JSON.parse((await runCli(args, { cwd })).stdout));
    expect(comparison?.agreement).toBe(1);
    expect(comparison?.sqnrDb).toBeGreaterThan(80);
    const { opsets, operators } = JSON.parse((await runCli(['inspect', 'a.onnx', '--json'], { cwd })).stdout);
    expect(opsets).toEqual({ 'ai.onnx': 21 });
    expect(operators.map(({ opType }: { opType: string }) => opType)).not.toContain('BatchNormalization');
  });
});

describe('dequantize', () => {
  test('gives a float model that answers as the quantized one', async () => {
    await runCli(['quantize', strokes, '-o', 'a.onnx', ...calibration, '--quiet'], { cwd });
    const args = ['dequantize', 'a.onnx', '-o', 'b.onnx', '--eval-data', scoring, '--json', '--quiet'];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    const { comparison, layers } = reportSchema.parse(JSON.parse(stdout));
    expect(comparison?.sqnrDb).toBeGreaterThan(25);
    expect(layers?.map(({ reason }) => reason)).toContain('its weight was int8 per channel');
    const again = await runCli(['dequantize', 'b.onnx', '-o', 'c.onnx'], { cwd });
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(/holds nothing that is quantized/);
  });
});

describe('inspect', () => {
  test('tells all about a model on standard output', async () => {
    const { code, stdout, stderr } = await runCli(['inspect', strokes], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^input +pixels {2}float\[batch,1,28,28\]$/m);
    expect(stdout).toMatch(/^parameters +73,226$/m);
    expect(stdout).toMatch(/^conv2 +Conv +9,216 +36.9\skB +7,225,344 +float +−0\.\d+ … 0\.\d+ +static$/m);
  });

  const assets = resolve(import.meta.dirname, '../..', process.env.PARE_ASSETS ?? '../shared/assets', 'onnx');
  const models = existsSync(assets) ? readdirSync(assets).filter((name) => name.endsWith('.onnx')) : [];

  test.skipIf(models.length === 0)('and of every model of the assets', { timeout: 60_000 }, async () => {
    for (const name of models) {
      const { code, stdout, stderr } = await runCli(['inspect', join(assets, name), '--json'], { cwd });
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
      expect(JSON.parse(stdout).parameters, name).toBeGreaterThan(1000);
    }
  });
});
