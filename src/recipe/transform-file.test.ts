import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { reportSchema } from '../evaluate/report.ts';
import { quantizeOptions } from '../quantize/options.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Lock, readLock } from './lock.ts';
import type { Step } from './step.ts';
import { quantize } from './steps/quantize.ts';
import { type TransformRequest, transformFile } from './transform-file.ts';

const strokes = resolve(import.meta.dirname, '../../examples/strokes');
const input = join(strokes, 'strokes-cnn.onnx');
const data = 'synthetic:strokes?samples=40&seed=3';
const root = await mkdtemp(join(tmpdir(), 'pare-transform-'));
const environment = { runner: await ortNode(), architecture: process.arch };
afterAll(() => rm(root, { recursive: true }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'run-'));
});

/** Leaves the model as it is. */
const idle: Step<object> = {
  name: 'idle',
  summary: 'does nothing',
  options: z.strictObject({}),
  run: async (model, resolved) => ({ model, resolved, layers: [], warnings: [] }),
};

function run<Options extends object>(
  step: Step<Options>,
  request: Partial<TransformRequest<Options>> & { options: Options },
) {
  const output = join(folder, 'out.onnx');
  return transformFile(
    step,
    { command: step.name, input, output, seed: 0, threads: 1, ...request },
    environment,
  );
}

const options = quantizeOptions.parse({ samples: 8, target: 'x64-vnni' });

describe('a run folder', () => {
  test('holds a model, a report that is valid, a page, and a lock that gives the same bytes', async () => {
    const first = join(folder, 'first');
    const report = await run(quantize, { output: first, options, data, evalData: `${data}&limit=20` });
    expect((await readdir(first)).sort()).toEqual([
      'model.onnx',
      'recipe.lock.yaml',
      'report.html',
      'report.json',
    ]);
    expect(reportSchema.parse(JSON.parse(await readFile(join(first, 'report.json'), 'utf8')))).toEqual(
      report,
    );
    expect(report.output?.path).toBe(join(first, 'model.onnx'));
    expect(report.before?.samples).toBe(20);
    expect(report.after?.bytes).toBeLessThan((report.before?.bytes ?? 0) / 3);
    expect(await readFile(join(first, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);

    const lock = await readLock(join(first, 'recipe.lock.yaml'), 'quantize');
    const resolved = quantizeOptions.parse(lock.steps[0].options);
    const second = join(folder, 'second.onnx');
    await run(quantize, { output: second, options: resolved, data, lock });
    expect((await readFile(second)).equals(await readFile(join(first, 'model.onnx')))).toBe(true);
  });
});

describe('limits', () => {
  test.each([true, false])('all met: %s', async (met) => {
    const limits = [
      { name: 'max-drop', wanted: 1, got: 0, unit: 'points', met: true },
      { name: 'max-bytes', wanted: 1, got: met ? 1 : 2, unit: 'bytes', met },
    ];
    const limited: Step<object> = {
      ...idle,
      run: async (model, resolved) => ({ model, resolved, layers: [], warnings: [], limits }),
    };
    const report = await run(limited, { options: {} });
    expect(report).toMatchObject({ limits, met });
    expect(await readdir(folder)).toEqual(['out.onnx']);
  });

  test('none stated, none reported', async () => {
    const report = await run(idle, { options: {} });
    expect(report).not.toHaveProperty('met');
    expect(report).not.toHaveProperty('limits');
  });
});

describe('a lock', () => {
  const lock: Lock = {
    schema: 'pare.lock/1',
    engine: environment.runner.engine,
    input: { path: input, sha256: '00' },
    seed: 1,
    steps: [{ step: 'idle', options: {} }],
  };

  test('of another model is refused', async () => {
    await expect(run(idle, { options: {}, lock })).rejects.toMatchObject({ code: 'lock-of-another-model' });
  });

  test('of another engine is followed with a warning', async () => {
    const { input: facts } = await run(idle, { options: {} });
    const engine = { name: 'onnxruntime-node', version: '0.1' };
    const own = { ...lock, engine, input: { path: input, sha256: facts?.sha256 ?? '' } };
    const { warnings } = await run(idle, { options: {}, lock: own });
    expect(warnings).toEqual([
      { code: 'other-engine', where: '--lock', message: expect.stringContaining('onnxruntime-node 0.1') },
    ]);
  });
});

describe('what was there before stays', () => {
  beforeEach(() => writeFile(join(folder, 'out.onnx'), 'old'));
  const expectOld = async () => {
    expect(await readdir(folder)).toEqual(['out.onnx']);
    expect(await readFile(join(folder, 'out.onnx'), 'utf8')).toBe('old');
  };

  test('when the data for evaluation do not fit, which shows before the work', async () => {
    let isRun = false;
    const watched: Step<object> = {
      ...idle,
      run: (...given) => {
        isRun = true;
        return idle.run(...given);
      },
    };
    const evalData = join(folder, '..', 'wide.json');
    await writeFile(
      evalData,
      JSON.stringify({ kind: 'synthetic', set: 'strokes', preprocess: { crop: 20 } }),
    );
    await expect(run(watched, { options: {}, evalData })).rejects.toMatchObject({
      code: 'sample-does-not-fit',
    });
    expect(isRun).toBe(false);
    await expectOld();
  });

  test('when the step fails', async () => {
    const failing: Step<object> = { ...idle, run: () => Promise.reject(new Error('no')) };
    await expect(run(failing, { options: {} })).rejects.toThrow('no');
    await expectOld();
  });

  test.each(['calibrate', 'evaluate'])('when aborted in the phase %s', async (phase) => {
    const abort = new AbortController();
    const onProgress = (progress: { phase: string }) => {
      if (progress.phase === phase) abort.abort();
    };
    const aborted = run(quantize, { options, data, evalData: data, signal: abort.signal, onProgress });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    await expectOld();
  });
});
