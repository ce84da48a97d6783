import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { normalizeAxis } from '../normalize-axis.ts';
import { constantIntegers } from './constant-integers.ts';
import { scatterAlongAxis } from './gathering.ts';

interface SlicedAxis {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  /** Elements taken. */
  readonly count: number;
}

/** Puts what was cut out back among zeros, axis by axis. */
const slice: GradientRule = (context) => {
  const { write } = context;
  const shape = context.inputShape(0);
  const current = [...context.outputShape(0)];
  let value = context.gradient(0)!;
  const begins = shape.map(() => 0);
  const ends = shape.map(() => 0);
  for (const cut of slicedAxes(context)) {
    const first = cut.step > 0 ? cut.start : cut.start + (cut.count - 1) * cut.step;
    if (cut.step < 0) value = reversed(write, value, cut.axis);
    const stride = Math.abs(cut.step);
    value = stretched(write, value, current, { axis: cut.axis, stride });
    current[cut.axis] = (cut.count - 1) * stride + 1;
    begins[cut.axis] = first;
    ends[cut.axis] = shape[cut.axis] - first - current[cut.axis];
  }
  return [padded(write, value, begins, ends)];
};

function slicedAxes(context: GradientContext): SlicedAxis[] {
  const shape = context.inputShape(0);
  const starts = constantIntegers(context, 1);
  const axes = context.node.inputs[3] ? constantIntegers(context, 3) : starts.map((_, i) => i);
  const steps = context.node.inputs[4] ? constantIntegers(context, 4) : starts.map(() => 1);
  return starts.map((given, i) => {
    const axis = normalizeAxis(axes[i], shape.length);
    const step = steps[i];
    const from = given < 0 ? given + shape[axis] : given;
    const start = Math.min(Math.max(from, 0), step > 0 ? shape[axis] : shape[axis] - 1);
    return { axis, start, step, count: context.outputShape(0)[axis] };
  });
}

function reversed(write: GraphWriter, value: Value, axis: number): Value {
  const bounds = [
    write.ints([-1]),
    write.ints([Number.MIN_SAFE_INTEGER]),
    write.ints([axis]),
    write.ints([-1]),
  ];
  return write.op('Slice', [value, ...bounds]);
}

/** Zeros between elements along an axis: [… n …] becomes [… (n − 1) · stride + 1 …]. */
function stretched(
  write: GraphWriter,
  value: Value,
  shape: readonly number[],
  { axis, stride }: { axis: number; stride: number },
): Value {
  if (stride === 1) return value;
  const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const ends = split.map((_, i) => (i === axis + 1 ? stride - 1 : 0));
  const wide = padded(
    write,
    write.reshape(value, split),
    split.map(() => 0),
    ends,
  );
  const joined = shape.map((n, i) => (i === axis ? n * stride : n));
  return padded(
    write,
    write.reshape(wide, joined),
    shape.map(() => 0),
    shape.map((_, i) => (i === axis ? 1 - stride : 0)),
  );
}

/** Adds zeros, or takes elements away where a count is negative. */
export function padded(
  write: GraphWriter,
  value: Value,
  begins: readonly number[],
  ends: readonly number[],
): Value {
  if ([...begins, ...ends].every((n) => n === 0)) return value;
  return write.op('Pad', [value, write.ints([...begins, ...ends])]);
}

/** Of constant padding the elements that were not added; else each added element goes to the one it copies. */
const pad: GradientRule = (context) => {
  const { write, node } = context;
  const shape = context.inputShape(0);
  const { begins, ends } = padsOf(context, shape.length);
  const mode = node.string('mode') ?? 'constant';
  if (mode === 'constant')
    return [
      padded(
        write,
        context.gradient(0)!,
        begins.map((n) => -n),
        ends.map((n) => -n),
      ),
    ];
  let value = context.gradient(0)!;
  const current = [...context.outputShape(0)];
  for (const [axis, length] of shape.entries()) {
    if (begins[axis] === 0 && ends[axis] === 0) continue;
    const sources = Array.from({ length: current[axis] }, (_, i) => sourceOf(i - begins[axis], length, mode));
    value = scatterAlongAxis(write, value, { shape: current, axis, sources, length });
    current[axis] = length;
  }
  return [value];
};

function padsOf(context: GradientContext, rank: number): { begins: number[]; ends: number[] } {
  const pads = constantIntegers(context, 1);
  const axes = context.node.inputs[3]
    ? constantIntegers(context, 3)
    : Array.from({ length: rank }, (_, i) => i);
  const begins = new Array<number>(rank).fill(0);
  const ends = new Array<number>(rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    begins[normalizeAxis(axis, rank)] = pads[i];
    ends[normalizeAxis(axis, rank)] = pads[i + axes.length];
  }
  return { begins, ends };
}

/** The element that position i outside 0 .. length − 1 copies. */
function sourceOf(i: number, length: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(i, 0), length - 1);
  if (mode === 'wrap') return ((i % length) + length) % length;
  const period = Math.max(2 * (length - 1), 1);
  const inside = ((i % period) + period) % period;
  return inside < length ? inside : period - inside;
}

/** What was cut comes back as zeros, what was added is cut: the same operator the other way round. */
const centerCropPad: GradientRule = (context) => {
  const { node, write } = context;
  const shape = context.inputShape(0);
  const axes = node.ints('axes');
  const lengths = axes?.map((axis) => shape[normalizeAxis(axis, shape.length)]) ?? shape;
  return [write.op('CenterCropPad', [context.gradient(0)!, write.ints(lengths)], { axes })];
};

export const slicingGradients: GradientRules = { Slice: slice, Pad: pad, CenterCropPad: centerCropPad };
