import type { Value } from '../onnx/ir/value.ts';
import type { Attributes, GraphBuilder } from './build-graph.ts';

/** Adds a convolution "conv" of x[1, 2, 5, 5] (or the value given) by w[4, 2 / group, 3, 3]. */
export function addConv(b: GraphBuilder, attributes: Attributes = {}, x?: Value, bias?: Value): Value {
  const data = x ?? b.input('x', [1, 2, 5, 5]);
  const group = typeof attributes.group === 'number' ? attributes.group : 1;
  const weight = b.weights('w', [4, 2 / group, 3, 3]);
  return b.node('Conv', [data, weight, bias], { name: 'conv', outputs: ['conv_out'], attributes });
}
