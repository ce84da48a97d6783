import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { reportSchema } from '../evaluate/report.ts';
import { NetWriter } from '../nn/net-writer.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { writeModelFile } from '../onnx/write/write-model-file.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { failureOf } from '../testing/failure-of.ts';
import { trainOptions } from '../train/options.ts';
import { type TrainFileRequest, trainFile } from './train-file.ts';

const environment = { runner: await ortNode(), architecture: 'x64' };
const folder = await mkdtemp(join(tmpdir(), 'pare-train-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Three classes of points around the corners of a triangle. */
async function points(name: string, count: number, classes = 3): Promise<string> {
  const rows = Array.from({ length: count }, (_, i) => {
    const kind = i % classes;
    const angle = (kind * 2 * Math.PI) / classes;
    const [a, b] = [Math.cos(angle) + Math.sin(i) / 3, Math.sin(angle) + Math.cos(7 * i) / 3];
    return `${[a, b, Math.sin(3 * i) / 5].map((x) => (100 * x).toFixed(3)).join(',')},${kind}`;
  });
  const path = join(folder, `${name}.yaml`);
  await writeFile(join(folder, `${name}.csv`), `a,b,c,kind\n${rows.join('\n')}\n`);
  await writeFile(path, `kind: csv\nfiles: ${name}.csv\nfeatures: [a, b, c]\nlabels: kind\n`);
  return path;
}

/** A model file of two dense layers. */
async function smallModel(name: string): Promise<string> {
  const net = new NetWriter(name, 5);
  const hidden = net.relu('relu', net.linear('fc1', net.input('x', ['N', 3]), 3, 16));
  const path = join(folder, `${name}.onnx`);
  await writeModelFile(net.model({ logits: net.linear('fc2', hidden, 16, 3) }), path);
  return path;
}

const options = { epochs: 12, batch: 20, lr: 0.002, optimizer: 'adam', validation: 0.1 };

async function trainTo(
  output: string,
  given: Partial<Omit<TrainFileRequest, 'options'>> & { options?: object } = {},
) {
  const { options: changed, ...request } = given;
  return trainFile(
    {
      subject: await smallModel('small'),
      output: join(folder, output),
      data: await points('train', 600),
      evalData: await points('test', 90),
      seed: 3,
      threads: 1,
      ...request,
      options: trainOptions.parse({ ...options, ...changed }),
    },
    environment,
  );
}

const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => undefined,
    (error: unknown) => failureOf(error).code,
  );

test('a fine-tuned model is better than it was, and its folder holds all that is known of the run', async () => {
  const report = reportSchema.parse(await trainTo('run'));
  expect(report.after?.metrics?.top1).toBeGreaterThan(0.95);
  expect(report.before?.metrics?.top1).toBeLessThan(report.after?.metrics?.top1 ?? 0);
  expect(report.training?.epochs).toHaveLength(12);
  expect(report.training?.metric).toBe('top1');
  const files = await readdir(join(folder, 'run'));
  expect(files).toContain('report.html');
  expect(files).toContain('recipe.lock.yaml');
  expect(files.filter((name) => name.startsWith('events.out.tfevents.'))).toHaveLength(1);
  expect(await readdir(join(folder, 'run', 'checkpoints'))).toEqual(['best.safetensors', 'last.safetensors']);
  const lock = await readFile(join(folder, 'run', 'recipe.lock.yaml'), 'utf8');
  expect(lock).toContain('schedule: cosine');
});

test('the same seed gives the same bytes, another seed others', async () => {
  const bytesOf = async (name: string, seed: number) => {
    await trainTo(name, { seed });
    return readFile(join(folder, name));
  };
  const first = await bytesOf('one.onnx', 1);
  expect(first.equals(await bytesOf('two.onnx', 1))).toBe(true);
  expect(first.equals(await bytesOf('three.onnx', 2))).toBe(false);
});

test('a training that was interrupted goes on to the same bytes', async () => {
  await trainTo('whole');
  const abort = new AbortController();
  const stopped = trainTo('parts', {
    signal: abort.signal,
    onProgress: ({ phase, done }) => {
      if (phase === 'train' && done >= 100) abort.abort(new Error('stop'));
    },
  });
  await expect(stopped).rejects.toThrow('stop');
  expect(await codeOf(trainTo('parts'))).toBe('training-unfinished');
  const resume = join(folder, 'parts');
  expect(await codeOf(trainTo('parts', { resume, options: { lr: 0.1 } }))).toBe('another-training');
  await trainTo('parts', { resume });
  const [whole, parts] = [
    await readFile(join(folder, 'whole', 'model.onnx')),
    await readFile(join(resume, 'model.onnx')),
  ];
  expect(parts.equals(whole)).toBe(true);
});

test('nothing to go on with is said', async () => {
  expect(await codeOf(trainTo('x.onnx', { resume: join(folder, 'nowhere') }))).toBe('nothing-to-resume');
});

test('a model gets a new head for other classes', async () => {
  const data = await points('five', 600, 5);
  const evalData = await points('five-test', 100, 5);
  const report = await trainTo('five.onnx', { data, evalData, options: { classes: 5, epochs: 20 } });
  expect(report.before?.metrics).toBeUndefined();
  expect(report.after?.metrics?.top1).toBeGreaterThan(0.6);
  const model = await readModelFile(join(folder, 'five.onnx'));
  expect(model.graph.outputs[0].type).toEqual({ kind: 'tensor', dtype: 'float', shape: ['N', 5] });
  await model.close();
});

test('labels beyond the classes of a model are refused', async () => {
  const data = await points('five', 600, 5);
  expect(await codeOf(trainTo('bad.onnx', { data, evalData: undefined }))).toBe('label-out-of-range');
});

test('a network takes its sizes from the data, and normalizes what it gets', async () => {
  const data = 'synthetic:strokes?samples=400&seed=1';
  const report = await trainTo('lenet.onnx', {
    subject: 'lenet-5',
    data,
    evalData: undefined,
    options: { epochs: 8, optimizer: undefined, lr: undefined, batch: 32 },
  });
  expect(report.training?.epochs.at(-1)?.loss).toBeLessThan(2);
  expect(report.input).toBeUndefined();
  const model = await readModelFile(join(folder, 'lenet.onnx'));
  expect([...model.graph.nodes].slice(0, 2).map(({ opType }) => opType)).toEqual(['Sub', 'Div']);
  await model.close();
});

test('unknown networks, bad options of one, and too few samples are refused by name', async () => {
  expect(await codeOf(trainTo('x.onnx', { subject: 'lenet-6' }))).toBe('no-such-net');
  expect(await codeOf(trainTo('x.onnx', { subject: 'mobilenet-v1?width=-1' }))).toBe('bad-net-options');
  expect(await codeOf(trainTo('x.onnx', { options: { batch: 900 } }))).toBe('too-few-samples');
});

test('a training that breaks down says at which step', async () => {
  const run = trainTo('x.onnx', { options: { optimizer: 'sgd', lr: 1e30 } });
  await expect(run).rejects.toMatchObject({ code: 'training-diverged' });
  await expect(run).rejects.toThrow(/at step \d+: (NaN|infinity) arose at \w+ "\w+"/);
});
