import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { shiftPlan } from './shift-plan.ts';
import { padded } from './slicing.ts';
import { sumOverFirst } from './sum-over-first.ts';
import type { WeightGradient } from './weight-gradient.ts';
import { weightGradientByColumns } from './weight-gradient-by-columns.ts';
import { weightGradientByShifts } from './weight-gradient-by-shifts.ts';
import { weightGradientOfDepthwise } from './weight-gradient-of-depthwise.ts';
import { tapsAlong } from './window-taps.ts';

/** Below so many input channels the taps of all places are cheap to lay side by side (research/training.md §3). */
const FEW_CHANNELS = 8;
/** Products that shifts make for each one needed, from which on laying taps side by side is faster. */
const MUCH_WASTE = 1.7;

/**
 * dL/dW of a convolution, [O, C / groups, kernel …]: dW[o, c, t] = Σ over samples and places p of dY[o, p] · X[c, p·s + t·d].
 * The form is chosen by shape, by measurement on ONNX Runtime's CPU kernels (docs/decisions/010-forms-of-a-step.md).
 */
export function convolutionWeightGradient(write: GraphWriter, gradient: WeightGradient): Value {
  const { groups, inputs, outputs } = gradient;
  if (groups === inputs && groups === outputs && groups > 1)
    return weightGradientOfDepthwise(write, gradient);
  if (groups > 1) return grouped(write, gradient);
  return isShiftable(gradient)
    ? weightGradientByShifts(write, gradient)
    : weightGradientByColumns(write, gradient);
}

function isShiftable({ window, inputs }: WeightGradient): boolean {
  const { kernel, strides, dilations, narrow } = window;
  if (kernel.length !== 2 || elementCount(kernel) === 1 || inputs < FEW_CHANNELS) return false;
  if (![...strides, ...dilations].every((n) => n === 1)) return false;
  return shiftPlan(window).length < MUCH_WASTE * elementCount(narrow);
}

/** The products of columns with a group as a further batch axis. */
function grouped(
  write: GraphWriter,
  { x, dy, window, batch, inputs, outputs, groups }: WeightGradient,
): Value {
  const { kernel, narrow, begins, ends } = window;
  const [taps, places] = [elementCount(kernel), elementCount(narrow)];
  const [into, from] = [outputs / groups, inputs / groups];
  let sources = [padded(write, x, [0, 0, ...begins], [0, 0, ...ends])];
  for (const axis of kernel.keys())
    sources = sources.flatMap((source) => tapsAlong(write, source, window, axis));
  const columns = sources.map((source) => write.reshape(source, [batch, groups, from, places]));
  const flat = taps === 1 ? columns[0] : write.op('Concat', columns, { axis: 2 });
  const product = write.op('MatMul', [
    write.reshape(dy, [batch, groups, into, places]),
    write.transpose(flat, [0, 1, 3, 2]),
  ]);
  const summed = sumOverFirst(write, product, [batch, groups, into, taps * from], [outputs, taps, from]);
  return write.reshape(write.transpose(summed, [0, 2, 1]), [outputs, from, ...kernel]);
}
