import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Batch, BatchOptions, Dataset } from '../../src/data/dataset.ts';
import { datasetFromTensors } from '../../src/data/dataset-from-tensors.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import { readTensorSource } from '../../src/onnx/ir/read-tensor-source.ts';
import { GraphBuilder } from '../../src/testing/build-graph.ts';
import { quantizeGraph } from '../../src/testing/quantize-graph.ts';
import { addNamedConv, addRelu } from '../../src/testing/small-nets.ts';
import { f32, floats, int64 } from '../../src/testing/tensors.ts';
import { quantizeAndCompare, runner, states } from './quantize-and-compare.ts';

/** Samples made when they are asked for: sample i is `make(i)`, fed to `x`. */
function madeDataset(length: number, make: (index: number) => Batch['inputs'][string]): Dataset {
  return {
    name: 'made',
    length,
    task: 'none',
    async *batches({ indices, batchSize }: BatchOptions) {
      if (batchSize !== 1) throw new Error('these samples have several shapes: one at a time');
      for (const index of Array.from(indices ?? Array(length).keys())) yield { inputs: { x: make(index) } };
    },
  };
}

function chain(shape: readonly (number | string)[]): Model {
  const b = new GraphBuilder();
  const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', shape), [4, 4]));
  return b.model(13, addNamedConv(b, 'd', first, [4, 4]));
}

/** Scales of all QuantizeLinear nodes, by the value they quantize. */
async function scalesOf({ graph }: Model): Promise<Record<string, number>> {
  const scales: Record<string, number> = {};
  for (const { opType, inputs } of graph.nodes) {
    const [value, scale] = inputs;
    if (opType !== 'QuantizeLinear' || !value || !scale?.initializer) continue;
    scales[value.name] = Number((await readTensorSource(scale.initializer)).data[0]);
  }
  return scales;
}

const histogramObservers = ['percentile', 'entropy', 'mse'];
const observers = ['minmax', 'moving-average', ...histogramObservers];

describe('memory', () => {
  it('microsoft/onnxruntime#10503, #21979: histograms of a net need no more memory for 80 samples than for 20', async () => {
    setFlagsFromString('--expose-gc');
    const gc: () => void = runInNewContext('gc');
    const held: number[] = [];
    // A sample's activations are 3 × 262 kB: 60 samples more would be 47 MB if they were kept.
    const data = madeDataset(80, (index) => {
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      held.push(heapUsed + arrayBuffers);
      return f32([1, 4, 128, 128], `${index}`);
    });
    await quantizeGraph(runner, chain([1, 4, 128, 128]), { observer: 'percentile', samples: 80 }, data);
    expect(held.length).toBeGreaterThanOrEqual(80);
    expect(held[79] - held[20]).toBeLessThan(8e6);
  });

  it('microsoft/onnxruntime#11020: of a large set only the samples that are used are read, from all over it', async () => {
    const asked = new Set<number>();
    const data = madeDataset(1_000_000, (index) => {
      asked.add(index);
      return f32([1, 4, 6, 6], `${index}`);
    });
    await quantizeGraph(runner, chain([1, 4, 6, 6]), { samples: 24 }, data);
    expect(asked.size).toBe(24);
    expect(Math.max(...asked)).toBeGreaterThan(750_000);
    expect(Math.min(...asked)).toBeLessThan(250_000);
  });
});

describe('shapes', () => {
  it.each(observers)(
    'microsoft/onnxruntime#18792: calibration samples of several lengths, with %s',
    async (observer) => {
      const b = new GraphBuilder();
      const first = b.node('MatMul', [b.input('x', [1, 'length', 8]), b.weights('w', [8, 6])], { name: 'm' });
      const model = b.model(
        13,
        b.node('MatMul', [addRelu(b, 'r', first), b.weights('v', [6, 5])], { name: 'n' }),
      );
      const data = madeDataset(7, (index) => f32([1, 3 + index * 2, 8], `${index}`));
      const result = await quantizeAndCompare(model, { observer }, data);
      expect(states(result)).toEqual({ m: 'quantized', n: 'quantized' });
      // What cuts off at all cuts off more than so few values can bear.
      const isWhole = observer === 'minmax' || observer === 'percentile' || observer === 'mse';
      expect(result.sqnrDb).toBeGreaterThan(isWhole ? 25 : 15);
    },
  );

  it('microsoft/onnxruntime#12178: batch, height and width all open', async () => {
    const data = madeDataset(5, (index) => f32([1, 4, 5 + index, 9 - index], `${index}`));
    const result = await quantizeAndCompare(chain(['batch', 4, 'height', 'width']), {}, data);
    expect(result.operators.QLinearConv).toBe(2);
    expect(result.sqnrDb).toBeGreaterThan(25);
    expect(result.model.graph.inputs[0].type).toMatchObject({ shape: ['batch', 4, 'height', 'width'] });
  });

  /** Two products of rows of x, joined: of those from the third on, and of those before `end`. */
  function cut(end: number): Model {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 8]);
    const product = (name: string, from: number, to: number) => {
      const bounds = [b.constant(`${name}.from`, int64([from])), b.constant(`${name}.to`, int64([to]))];
      const rows = b.node('Slice', [x, ...bounds], { outputs: [`${name}_rows`] });
      return b.node('MatMul', [rows, b.weights(`${name}.w`, [8, 5])], { name, outputs: [`${name}_out`] });
    };
    const products = [product('tail', 2, 99), product('head', 0, end)];
    return b.model(13, b.node('Concat', products, { attributes: { axis: 0 } }));
  }

  it('microsoft/onnxruntime#23600: a value without elements on some samples', async () => {
    const data = madeDataset(4, (index) => f32([1 + index, 8], `${index}`));
    const result = await quantizeAndCompare(cut(1), {}, data);
    expect(states(result)).toMatchObject({ tail: 'quantized', head: 'quantized' });
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('microsoft/onnxruntime#23600: a value without elements on all samples is named', async () => {
    const data = madeDataset(4, (index) => f32([1 + index, 8], `${index}`));
    await expect(quantizeGraph(runner, cut(0), {}, data)).rejects.toMatchObject({
      code: 'nothing-observed',
      where: 'head_rows',
    });
  });

  it('microsoft/onnxruntime#9635: a constant without elements among the parts of a Concat', async () => {
    const b = new GraphBuilder();
    const first = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), [4, 4]);
    const empty = b.constant('empty', { dtype: 'float', shape: [1, 0, 6, 6], data: new Float32Array(0) });
    const joined = b.node('Concat', [first, empty], { name: 'cat', attributes: { axis: 1 } });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', joined, [4, 4])));
    expect(states(result)).toMatchObject({ a: 'quantized', d: 'quantized' });
    expect(result.sqnrDb).toBeGreaterThan(25);
  });
});

describe('ranges', () => {
  it('microsoft/onnxruntime#9597: entropy really cuts off a long tail, where minmax keeps it', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, addNamedConv(b, 'a', b.input('x', [1, 4, 32, 32]), [4, 4]));
    const x = f32([4, 4, 32, 32], 'tail');
    x.data[17] = 60;
    const data = datasetFromTensors({ inputs: { x } });
    const scaleOf = async (observer: string) =>
      (await scalesOf((await quantizeGraph(runner, model, { observer }, data)).model)).x;
    expect(await scaleOf('minmax')).toBeCloseTo((60 - Math.min(...x.data)) / 255, 5);
    expect(await scaleOf('entropy')).toBeLessThan(0.25 * (await scaleOf('minmax')));
  });

  it.each(observers)(
    'microsoft/onnxruntime#11928: with %s every value that is quantized has a scale',
    async (observer) => {
      const b = new GraphBuilder();
      const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), [4, 4]));
      const sum = b.node('Add', [first, addNamedConv(b, 'c', first, [4, 4])], { name: 'sum' });
      const pooled = b.node('AveragePool', [sum], { name: 'pool', attributes: { kernel_shape: [2, 2] } });
      const flat = b.node('Flatten', [pooled], { name: 'flat' });
      const model = b.model(13, b.node('Gemm', [flat, b.weights('w', [100, 3])], { name: 'head' }));
      const result = await quantizeAndCompare(model, { observer });
      expect(Object.values(states(result)).filter((state) => state === 'float')).toEqual([]);
      for (const scale of Object.values(await scalesOf(result.model))) expect(scale).toBeGreaterThan(0);
    },
  );

  it.each([0, 11, 23])(
    'microsoft/onnxruntime#18893, #20226, #32577: the extreme of sample %i of 24 is in the range',
    async (place) => {
      const data = madeDataset(24, (index) => {
        const x = f32([1, 4, 6, 6], `${index}`);
        if (index === place) x.data[5] = 50;
        return x;
      });
      const { model } = await quantizeGraph(runner, chain([1, 4, 6, 6]), { samples: 24 }, data);
      expect((await scalesOf(model)).x * 255).toBeGreaterThan(50);
    },
  );

  it('microsoft/onnxruntime#12470: a value that is always 0 gets a grid, and stays 0', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    const nothing = b.node('Mul', [x, b.constant('zero', floats([], [0]))], { outputs: ['nothing'] });
    const dead = addNamedConv(b, 'dead', nothing, [4, 4], { hasBias: false });
    const sum = b.node('Add', [dead, addNamedConv(b, 'a', x, [4, 4])], { name: 'sum' });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', sum, [4, 4])));
    const scales = Object.values(await scalesOf(result.model));
    for (const scale of scales) expect(Number.isFinite(scale) && scale > 0).toBe(true);
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('microsoft/onnxruntime#6702: a product behind a Flatten finds its range', async () => {
    const b = new GraphBuilder();
    const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), [4, 4]));
    const flat = b.node('Flatten', [first], { name: 'flat' });
    const model = b.model(13, b.node('MatMul', [flat, b.weights('w', [144, 3])], { name: 'head' }));
    const result = await quantizeAndCompare(model);
    expect(states(result)).toEqual({ a: 'quantized', flat: 'pass', head: 'quantized' });
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it.each([Number.NaN, Infinity])('a sample that holds %d is refused with its place', async (bad) => {
    const data = madeDataset(3, (index) => {
      const x = f32([1, 4, 6, 6], `${index}`);
      if (index === 2) x.data[7] = bad;
      return x;
    });
    await expect(quantizeGraph(runner, chain([1, 4, 6, 6]), {}, data)).rejects.toMatchObject({
      code: 'non-finite-activation',
      where: 'x',
      message: `Value "x": The sample holds ${bad} at element 7.`,
    });
  });
});
