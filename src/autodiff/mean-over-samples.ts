import type { Value } from '../onnx/ir/value.ts';
import type { LossInputs } from './loss.ts';

/**
 * The mean over samples of the mean over a sample's elements; with sample weights, those of weight 0 do not count.
 * @param each a number an element, of `shape`
 */
export function meanOverSamples(
  { write, sampleWeights }: LossInputs,
  each: Value,
  shape: readonly number[],
): Value {
  if (!sampleWeights) return write.op('ReduceMean', [each], { keepdims: 0 });
  const axes = shape.map((_, axis) => axis).slice(1);
  const perSample =
    axes.length === 0 ? each : write.op('ReduceMean', [each, write.ints(axes)], { keepdims: 0 });
  const total = write.op('ReduceSum', [write.op('Mul', [perSample, sampleWeights])], { keepdims: 0 });
  const count = write.op('ReduceSum', [sampleWeights], { keepdims: 0 });
  return write.op('Div', [total, write.op('Max', [count, write.scalar(1)])]);
}
