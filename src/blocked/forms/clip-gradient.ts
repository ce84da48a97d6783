import type { Value } from '../../onnx/ir/value.ts';
import { clipBounds } from '../../ops/gradients/clip.ts';
import { slopeFor } from '../../ops/gradients/step.ts';
import type { Form, FormContext } from '../form.ts';
import { activate } from '../fuse-into-convolutions.ts';
import { nchwcConv } from '../nchwc.ts';

/** What is not above the lower bound is pushed down by this much: more than the second step lifts it. */
const DEPTH = 2 ** 66;
/** Slopes beyond it overflow. */
const STEEPEST = 2 ** 126;

/**
 * dY where low < y < high, else 0: one mask of two depthwise 1 × 1 convolutions, the second of which adds the first, saves a
 * product of maps. The first is steep·(y − next), cut to −DEPTH .. 0, where next is the float32 above low: 0 from there on,
 * else −DEPTH. The second is steep·(high − y) and that, cut to 0 .. 1.
 */
export const clipGradient: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(node.output);
  if (shape.length !== 4 || !values.isBlocked(input(1))) return false;
  const [low, high] = clipBounds(node).map(Math.fround);
  const rise = low === 0 ? STEEPEST : slopeFor(low) * DEPTH;
  const fall = slopeFor(high);
  // Bounds that are tiny, or far apart for their size: the steps would not be steep enough, or lift too much.
  if (rise > STEEPEST || fall * (high - low) >= DEPTH) return false;
  const y = values.unfilled(input(1)).value;
  const next = low === 0 ? DEPTH / STEEPEST : nextAbove(low);
  const above = line(context, y, { slope: rise, at: next, bounds: [-DEPTH, 0] });
  const mask = line(context, y, { slope: -fall, at: high, bounds: [0, 1], sum: above });
  const value = write.op('Mul', [values.blocked(input(0)), mask]);
  context.giveBlocked(0, { value, isZeroFilled: true });
  return true;
};

/** The smallest float32 above a float32 that is not 0. */
function nextAbove(x: number): number {
  const number = Float32Array.of(x);
  const bits = new Int32Array(number.buffer);
  bits[0] += x > 0 ? 1 : -1;
  return number[0];
}

interface Line {
  readonly slope: number;
  readonly at: number;
  readonly bounds: readonly [number, number];
  readonly sum?: Value;
}

/** slope·(y − at) + sum, cut to bounds. */
function line(
  { write, values, node, shapeOf }: FormContext,
  y: Value,
  { slope, at, bounds, sum }: Line,
): Value {
  const group = values.whole(shapeOf(node.output)[1]);
  const filled = (x: number, shape: readonly number[]) =>
    write.constant({ dtype: 'float', shape, data: new Float32Array(group).fill(x) });
  const weight = filled(slope, [group, 1, 1, 1]);
  const bias = filled(-slope * at, [group]);
  const result = nchwcConv(write, { x: y, weight, bias, sum, kernel: [1, 1], group });
  activate(result.producer!, { name: 'Clip', parameters: bounds });
  return result;
}
