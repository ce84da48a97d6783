import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { writeModelFile } from '../onnx/write/write-model-file.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { x64 } from '../targets/x64.ts';
import { inspectFile } from './inspect-file.ts';
import { clean } from './steps/clean.ts';
import { transformFile } from './transform-file.ts';

const whole = resolve(import.meta.dirname, '../../examples/strokes/strokes-cnn.onnx');
const runner = await ortNode();
let folder: string;
let input: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-external-'));
  // The weights go to "net.onnx_data".
  input = join(folder, 'net.onnx');
  const model = await readModelFile(whole);
  await writeModelFile(model, input, { externalData: true });
  await model.close();
});
afterAll(() => rm(folder, { recursive: true }));

const cleanTo = (output: string) =>
  transformFile(
    clean,
    { command: 'clean', input, output, options: clean.options.parse({}), seed: 0, threads: 1 },
    { runner, architecture: process.arch },
  );

test('the size of a model is that of all its files, and its hash covers them', async () => {
  const report = await cleanTo(join(folder, 'out.onnx'));
  const sizes = await Promise.all([input, `${input}_data`].map(async (path) => (await stat(path)).size));
  expect(report.before?.bytes).toBe(sizes[0] + sizes[1]);
  expect(report.after?.bytes).toBe((await stat(join(folder, 'out.onnx'))).size);
  const request = { target: x64, ranges: false, samples: 1, seed: 0, threads: 1 };
  const { file } = await inspectFile(input, request, runner);
  expect(file).toEqual(report.input);
});

test('an output that would replace the weights of the input is refused', async () => {
  const weights = await readFile(`${input}_data`);
  const link = join(folder, 'link.onnx');
  await symlink(`${input}_data`, link);
  await expect(cleanTo(link)).rejects.toMatchObject({ code: 'output-is-input', isUsage: true });
  expect(await readFile(link)).toEqual(weights);
});
