import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import type { FormContext } from './form.ts';
import { nchwcConv } from './nchwc.ts';

/** factor · x + shift (+ sum), by channel. */
export function affine(
  write: GraphWriter,
  x: Value,
  factor: Value,
  shift: Value,
  channels: number,
  sum?: Value,
): Value {
  const weight = write.reshape(factor, [channels, 1, 1, 1]);
  return nchwcConv(write, { x, weight, bias: shift, sum, kernel: [1, 1], group: channels });
}

/** x − mean, by channel. */
export function center(write: GraphWriter, x: Value, mean: Value, channels: number): Value {
  const data = new Float32Array(channels).fill(1);
  const ones = write.constant({ dtype: 'float', shape: [channels, 1, 1, 1], data });
  const bias = write.op('Neg', [mean]);
  return nchwcConv(write, { x, weight: ones, bias, kernel: [1, 1], group: channels });
}

/** 1 / √(σ² + ε) of [C↑], where the first `channels` count; finite in the others, too, whatever ε is. */
export function inverseDeviation(
  { node, write, values }: FormContext,
  variance: Value,
  channels: number,
): Value {
  const epsilon = node.float('epsilon') ?? 1e-5;
  const whole = values.whole(channels);
  const data = new Float32Array(whole).fill(1).fill(epsilon, 0, channels);
  const added =
    whole === channels ? write.scalar(epsilon) : write.constant({ dtype: 'float', shape: [whole], data });
  return write.op('Reciprocal', [write.op('Sqrt', [write.op('Add', [variance, added])])]);
}
