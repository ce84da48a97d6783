import type { Shape, TensorType } from '../onnx/ir/type.ts';
import type { InferenceContext } from './op.ts';
import { spatialAttributes, spatialLength } from './spatial.ts';

/** Shape rule of convolutions: data is input 0; `weight` says which input holds [M, C / group, kernel …]. */
export function inferConvolution(
  { node, type }: InferenceContext,
  weight = 1,
  dtype = type(0)?.dtype,
): (TensorType | undefined)[] {
  const data = type(0);
  const weights = type(weight)?.shape;
  if (!data || !dtype) return [];
  const shape = data.shape && weights && convolved(data.shape, weights, node);
  return [{ kind: 'tensor', dtype, shape }];
}

function convolved(data: Shape, weights: Shape, node: InferenceContext['node']): Shape | undefined {
  const spatial = data.slice(2);
  const kernel = node.ints('kernel_shape') ?? weights.slice(2);
  if (kernel.some((n) => typeof n !== 'number')) return [data[0], weights[0], ...spatial.map(() => null)];
  // All are numbers, as just checked.
  const attributes = spatialAttributes(node, spatial.length, kernel as number[]);
  return [data[0], weights[0], ...spatial.map((n, axis) => spatialLength(n, attributes, axis))];
}
