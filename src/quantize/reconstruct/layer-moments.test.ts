import { expect, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, GraphBuilder } from '../../testing/build-graph.ts';
import { f32, int64 } from '../../testing/tensors.ts';
import { weightSites } from '../weights/weight-sites.ts';
import { layerMatrix } from './layer-matrix.ts';
import { LayerMoments } from './layer-moments.ts';
import { targetWeights } from './target-weights.ts';

const runner = await ortNode();

interface Layer {
  readonly opType: 'Conv' | 'Gemm' | 'MatMul';
  readonly x: readonly number[];
  readonly weight: readonly number[];
  readonly attributes?: Attributes;
}

const layers: Readonly<Record<string, Layer>> = {
  plain: { opType: 'Conv', x: [2, 3, 6, 5], weight: [4, 3, 3, 3] },
  'strides, pads, dilations': {
    opType: 'Conv',
    x: [2, 3, 9, 8],
    weight: [4, 3, 2, 3],
    attributes: { strides: [2, 1], pads: [1, 0, 2, 1], dilations: [1, 2] },
  },
  groups: { opType: 'Conv', x: [2, 4, 5, 5], weight: [6, 2, 3, 3], attributes: { group: 2 } },
  depthwise: {
    opType: 'Conv',
    x: [2, 4, 5, 5],
    weight: [4, 1, 3, 3],
    attributes: { group: 4, pads: [1, 1, 1, 1] },
  },
  'of one axis': { opType: 'Conv', x: [3, 2, 10], weight: [4, 2, 3], attributes: { strides: [2] } },
  'Gemm, turned': { opType: 'Gemm', x: [5, 6], weight: [4, 6], attributes: { transB: 1 } },
  Gemm: { opType: 'Gemm', x: [5, 6], weight: [6, 4] },
  'MatMul of a stack': { opType: 'MatMul', x: [2, 3, 6], weight: [6, 4] },
};

/** What the sums give for y must be what the layer itself gives: Σ y² and Σ y by channel. */
test.each(Object.entries(layers))('moments are those of what the layer reads: %s', async (_, layer) => {
  const b = new GraphBuilder();
  const weight = f32(layer.weight, 'w');
  const node = b.node(layer.opType, [b.input('x', layer.x), b.constant('w', weight)], {
    attributes: layer.attributes ?? {},
  });
  const model = b.model(18, node);
  const [site] = weightSites(model.graph);
  const matrix = layerMatrix(site)!;
  const { modelToBytes } = await import('../../onnx/write/write-model.ts');
  const session = await runner.load(await modelToBytes(model));
  const x: Tensor = f32(layer.x, 'x');
  const y = Object.values(await session.run({ x }))[0];
  await session.close();
  const moments = await LayerMoments.open(
    matrix,
    { rank: layer.x.length, kernel: layer.weight.slice(2) },
    { runner, threads: 1 },
  );
  await moments.add(x, { ...x, data: (x.data as Float32Array).map((value) => 2 * value) });
  const found = moments.moments();
  await moments.close();
  const channelAxis = layer.opType === 'Conv' ? 1 : layer.x.length - 1;
  const { rows, depth, groups, place } = matrix;
  for (let group = 0; group < groups; group++)
    for (let row = 0; row < rows; row++) {
      const channel = group * rows + row;
      const own = channelOf(y, channelAxis, channel);
      const w = Float64Array.from({ length: depth }, (__, i) => weight.data[place(channel, i)]);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const square = own.reduce((sum, value) => sum + value * value, 0) / own.length;
      const { own: second, cross, realMean, idealMean } = found[group];
      const along = (matrix2: Float64Array) =>
        w.reduce(
          (sum, a, i) => sum + w.reduce((inner, c, k) => inner + a * matrix2[i * depth + k] * c, 0),
          0,
        );
      expect(w.reduce((sum, a, i) => sum + a * realMean[i], 0)).toBeCloseTo(mean, 4);
      expect(w.reduce((sum, a, i) => sum + a * idealMean[i], 0)).toBeCloseTo(2 * mean, 4);
      expect(along(second) / square).toBeCloseTo(1, 4);
      expect(along(cross) / square).toBeCloseTo(2, 4);
    }
});

function channelOf({ shape, data }: Tensor, axis: number, channel: number): number[] {
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  return Array.from(data as Float32Array).filter((_, i) => Math.floor(i / inner) % shape[axis] === channel);
}

test('where inputs are what they should be, weights stay; where they are mixed, mixing is undone', () => {
  const depth = 3;
  const weights = Float64Array.of(1, -2, 0.5, 0.25, 3, -1);
  const identity = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const zero = new Float64Array(depth);
  const same = { own: identity, cross: identity, realMean: zero, idealMean: zero };
  for (const [i, w] of targetWeights(weights, same, false).weights.entries())
    expect(w).toBeCloseTo(weights[i], 10);
  // x̂ = A·x with A = diag(2, 1, 1): E x·x̂ᵀ = Aᵀ, E x̂·x̂ᵀ = A·Aᵀ.
  const mixed = {
    own: Float64Array.of(4, 0, 0, 0, 1, 0, 0, 0, 1),
    cross: Float64Array.of(2, 0, 0, 0, 1, 0, 0, 0, 1),
    realMean: zero,
    idealMean: zero,
  };
  const { weights: target } = targetWeights(weights, mixed, false);
  expect(target[0]).toBeCloseTo(weights[0] / 2, 1);
  expect(target[1]).toBeCloseTo(weights[1], 10);
});

test('a weight that something is made of before a layer reads it has no such form', () => {
  const b = new GraphBuilder();
  const weight = b.node('Reshape', [
    b.constant('flat', f32([36, 1, 3], 'flat')),
    b.constant('shape', int64([4, 3, 3, 3])),
  ]);
  const model = b.model(18, b.node('Conv', [b.input('x', [1, 3, 6, 6]), weight]));
  const [site] = weightSites(model.graph).filter(({ source }) => source.dtype === 'float');
  expect(site.source.shape).toEqual([36, 1, 3]);
  expect(layerMatrix(site)).toBeUndefined();
});
