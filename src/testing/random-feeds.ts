import { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { elementCount } from '../tensor/element-count.ts';
import { f32 } from './tensors.ts';

/** Normal float32 numbers for every input without an initializer; symbolic lengths are `length(symbol)`. */
export function randomFeeds(
  model: Model,
  seed = 1,
  length: (dimension: Dimension, axis: number) => number = () => 2,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, type, initializer } of model.graph.inputs) {
    if (initializer || type?.kind !== 'tensor' || !type.shape) continue;
    const shape = type.shape.map((n, axis) => (typeof n === 'number' ? n : length(n, axis)));
    if (type.dtype === 'float') feeds[name] = f32(shape, `${seed}:${name}`);
    else if (type.dtype === 'int64') {
      const rng = new Rng(seed);
      const data = BigInt64Array.from({ length: elementCount(shape) }, () => BigInt(rng.below(2)));
      feeds[name] = { dtype: 'int64', shape, data };
    } else throw new Error(`no random numbers of type ${type.dtype}`);
  }
  return feeds;
}
