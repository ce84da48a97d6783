import type { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { GraphBuilder } from './build-graph.ts';

/** A convolution of random shape behind a pointwise one, which hands it a map in whatever layout it likes. */
export interface RandomLayer {
  /** What it is, for messages. */
  readonly text: string;
  readonly model: Model;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** Shapes of every kind: groups, strides, dilations, uneven pads and maps, few channels and many, batches of any length. */
export function randomLayer(rng: Rng): RandomLayer {
  const between = (low: number, high: number) => low + rng.below(high - low + 1);
  const oneOf = <T>(values: readonly T[]): T => values[rng.below(values.length)];
  const batch = oneOf([1, 2, 3, 8, 16, 17, 32]);
  const kind = oneOf(['dense', 'dense', 'first', 'depthwise', 'grouped'] as const);
  const inputs = kind === 'grouped' ? 2 * between(1, 12) : between(1, 40);
  const outputs = kind === 'depthwise' ? inputs : kind === 'grouped' ? 2 * between(1, 12) : between(1, 40);
  const group = kind === 'depthwise' ? inputs : kind === 'grouped' ? 2 : 1;
  const kernel = [between(1, 5), between(1, 5)];
  const strides = oneOf([
    [1, 1],
    [1, 1],
    [2, 2],
    [between(1, 3), between(1, 3)],
  ]);
  const dilations = oneOf([
    [1, 1],
    [1, 1],
    [1, 1],
    [between(1, 2), between(1, 2)],
  ]);
  const reach = kernel.map((k, i) => (k - 1) * dilations[i] + 1);
  const pads = [...reach, ...reach].map((n) => between(0, n - 1));
  const map = reach.map((n, i) => between(Math.max(n - pads[i] - pads[i + 2], 1), n + 9));
  const b = new GraphBuilder();
  const x = b.input('x', [batch, inputs, ...map]);
  const weight = b.input('weight', [outputs, inputs / group, ...kernel]);
  const bias = b.input('bias', [outputs]);
  const before = kind === 'first' ? x : b.node('Conv', [x, b.weights('before', [inputs, inputs, 1, 1])]);
  const y = b.node('Conv', [before, weight, bias], {
    attributes: { kernel_shape: kernel, strides, dilations, pads, group },
  });
  const normals = (shape: readonly number[]): Tensor => ({
    dtype: 'float',
    shape,
    data: Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, () => rng.normal()),
  });
  return {
    text: `${kind} [${batch}, ${inputs}, ${map}] → ${outputs}, kernel ${kernel}, strides ${strides}, dilations ${dilations}, pads ${pads}`,
    model: b.model(18, y),
    feeds: {
      x: normals([batch, inputs, ...map]),
      weight: normals([outputs, inputs / group, ...kernel]),
      bias: normals([outputs]),
    },
  };
}
