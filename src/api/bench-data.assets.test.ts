// Every model of the assets with its data sets in bench/data: evaluated against itself, quantized, and scored.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openDataset } from '../data/open-dataset.ts';
import { bindDataset } from '../recipe/bind-dataset.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { assetsFolder } from '../testing/assets-folder.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { collect } from '../testing/collect.ts';
import { evaluate } from './evaluate.ts';
import { quantize } from './quantize.ts';
import { readModel } from './read-model.ts';

const baseDir = resolve('bench/data');
const model = (name: string) => readModel(join(assetsFolder, 'onnx', `${name}.onnx`));

/** Some samples of a data set of bench/data. */
function some(name: string, limit: number) {
  const content = parse(readFileSync(join(baseDir, `${name}.yaml`), 'utf8'));
  return openDataset({ ...content, limit }, { baseDir });
}

interface Case {
  model: string;
  calibrate: string;
  test: string;
  samples: number;
  /** Metrics there must be of both models. */
  metrics: string[];
  /** Decibels the int8 model's outputs are at least apart from the float model's. */
  sqnrDb: number;
}

const cases: Case[] = [
  {
    model: 'silero-vad-16k',
    calibrate: 'silero-vad-calibrate',
    test: 'silero-vad',
    samples: 4,
    metrics: ['positive-rate'],
    sqnrDb: 10,
  },
  { model: 'dtln-1', calibrate: 'dtln-1-calibrate', test: 'dtln-1', samples: 2, metrics: [], sqnrDb: 30 },
  { model: 'dtln-2', calibrate: 'dtln-2-calibrate', test: 'dtln-2', samples: 2, metrics: [], sqnrDb: 10 },
  {
    model: 'gtcrn-simple',
    calibrate: 'gtcrn-simple-calibrate',
    test: 'gtcrn-simple',
    samples: 1,
    metrics: [],
    sqnrDb: 10,
  },
  {
    model: 'espcn-x3',
    calibrate: 'espcn-x3-calibrate',
    test: 'espcn-x3',
    samples: 3,
    metrics: ['mae', 'mse', 'psnr', 'r2', 'rmse'],
    sqnrDb: 20,
  },
  {
    model: 'ultraface-rfb-320',
    calibrate: 'ultraface-calibrate',
    test: 'ultraface',
    samples: 2,
    metrics: [],
    sqnrDb: 30,
  },
  {
    model: 'autoencoder-toycar',
    calibrate: 'autoencoder-toycar-calibrate',
    test: 'autoencoder-toycar',
    samples: 20,
    metrics: ['mae', 'mse', 'r2', 'rmse'],
    sqnrDb: 20,
  },
  {
    model: 'streaming-wakeword',
    calibrate: 'streaming-wakeword-calibrate',
    test: 'streaming-wakeword',
    samples: 5,
    metrics: [],
    sqnrDb: 30,
  },
  {
    model: 'mnist-cnn',
    calibrate: 'mnist-train',
    test: 'mnist-test',
    samples: 20,
    metrics: ['f1', 'precision', 'recall', 'top1', 'top5'],
    sqnrDb: 30,
  },
  {
    model: 'resnet32-cifar10',
    calibrate: 'cifar10-test-resnet20',
    test: 'cifar10-test-resnet20',
    samples: 10,
    metrics: ['f1', 'precision', 'recall', 'top1', 'top5'],
    sqnrDb: 20,
  },
];

describe.skipIf(!existsSync(assetsFolder))('bench/data', () => {
  test.each(cases)('$model with $test', { timeout: 120_000 }, async (given) => {
    const float = await model(given.model);
    try {
      const data = await some(given.test, given.samples);
      const same = await evaluate(float, { data, against: float });
      expect(same.model.samples).toBe(given.samples);
      expect(same.model.metrics ?? {}).toEqual(same.against?.metrics ?? {});
      expect(Object.keys(same.model.metrics ?? {})).toEqual(given.metrics);
      expect(same.comparison).toMatchObject({ mse: 0, mae: 0, cosine: 1 });
      const quantized = await quantize(float, { data: await some(given.calibrate, given.samples) });
      const { model: after, comparison } = await evaluate(quantized.model, { data, against: float });
      expect(Object.keys(after.metrics ?? {})).toEqual(given.metrics);
      expect(comparison?.sqnrDb).toBeGreaterThan(given.sqnrDb);
    } finally {
      await float.close();
    }
  });

  test('silero-vad-if: a net inside If is evaluated alike; that of 16 kHz answers the same', async () => {
    const [inIf, plain] = [await model('silero-vad-if'), await model('silero-vad-16k')];
    try {
      const data = await some('silero-vad', 3);
      const { model: measured, comparison } = await evaluate(inIf, { data, against: plain });
      expect(measured.metrics?.['positive-rate']).toBeGreaterThan(0.4);
      expect(comparison?.agreement).toBe(1);
      expect(comparison?.cosine).toBeCloseTo(1, 6);
    } finally {
      await inIf.close();
      await plain.close();
    }
  });

  test('silero-vad: the state is fed as a loop by hand feeds it', async () => {
    const vad = await model('silero-vad-16k');
    const session = await (await ortNode()).load(
      readFileSync(join(assetsFolder, 'onnx/silero-vad-16k.onnx')),
    );
    try {
      const data = await some('silero-vad', 3);
      let state = { dtype: 'float' as const, shape: [2, 1, 128], data: new Float32Array(256) };
      const zeros = state;
      let [positive, steps] = [0, 0];
      for (const { inputs, sequenceStart } of await collect(data.batches({ batchSize: 1 }))) {
        if (sequenceStart) state = zeros;
        const { sr } = data.constants ?? {};
        const { output, stateN } = await session.run({ input: inputs.input, state, sr });
        state = { ...zeros, data: Float32Array.from(stateN.data, Number) };
        if (Number(output.data[0]) > 0.5) positive++;
        steps++;
      }
      const { model: measured } = await evaluate(vad, { data });
      expect(measured.metrics?.['positive-rate']).toBe(positive / steps);
      expect((await bindDataset(data, vad)).state).toEqual({ stateN: 'state' });
    } finally {
      await session.close();
      await vad.close();
    }
  });

  test('espcn-x3 restores images better than a kernel would: the published 28.48 dB, give or take the images', async () => {
    const net = await model('espcn-x3');
    try {
      const { model: measured } = await evaluate(net, { data: await some('espcn-x3', 20) });
      expect(measured.metrics?.psnr).toBeGreaterThan(26.5);
      expect(measured.metrics?.psnr).toBeLessThan(30.5);
    } finally {
      await net.close();
    }
  });

  test.each(['train', 'dev', 'test'])('sst2-%s: 32 numbers a sentence, two classes', async (part) => {
    const data = await some(`sst2-${part}`, 4);
    const [{ inputs, labels }] = await collect(data.batches({ batchSize: 4 }));
    expect(inputs.input_ids).toMatchObject({ dtype: 'int64', shape: [4, 32] });
    expect(data.classNames).toEqual(['0', '1']);
    expect(labels).toHaveLength(4);

    const b = new GraphBuilder();
    const words = b.node('Gather', [
      b.weights('table', [10_000, 8]),
      b.input('input_ids', ['N', 32], 'int64'),
    ]);
    const mean = b.node('ReduceMean', [words], { attributes: { axes: [1], keepdims: 0 } });
    const net = b.model(13, b.node('Gemm', [mean, b.weights('v', [8, 2])]));
    const quantized = await quantize(net, { data, target: 'x64-vnni' });
    const { model: measured, comparison } = await evaluate(quantized.model, { data, against: net });
    expect(measured.metrics?.top1).toBeTypeOf('number');
    expect(comparison?.sqnrDb).toBeGreaterThan(20);
  });
});
