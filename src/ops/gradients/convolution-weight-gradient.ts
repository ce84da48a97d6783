import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { zeros } from './gathering.ts';
import { padded } from './slicing.ts';
import type { Window } from './window.ts';

interface WeightGradient {
  /** [N, C, wide …] */
  readonly x: Value;
  /** [N, O, narrow …] */
  readonly dy: Value;
  readonly window: Window;
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
}

/** Below so many input channels one wide product over all taps is faster than a product a tap (research/training.md §3). */
const FEW_CHANNELS = 8;

/**
 * dL/dW of a convolution, [O, C / groups, kernel …]: dW[o, c, t] = Σ over samples and places p of dY[o, p] · X[c, p·s + t·d].
 * The form is chosen by shape, by measurement on ONNX Runtime's CPU kernels (research/training.md §3).
 */
export function convolutionWeightGradient(write: GraphWriter, gradient: WeightGradient): Value {
  const { window, groups, inputs, outputs } = gradient;
  const { kernel, strides, dilations } = window;
  const isDense = [...strides, ...dilations].every((n) => n === 1);
  if (groups === inputs && groups === outputs && groups > 1) return perChannel(write, gradient);
  if (groups > 1) return grouped(write, gradient);
  const taps = elementCount(kernel);
  if (taps > 1 && inputs >= FEW_CHANNELS && isDense && kernel.length === 2) return byShifts(write, gradient);
  return byColumns(write, gradient);
}

/** X with its pads, so that every tap is a strided slice of it. */
function paddedInput(write: GraphWriter, { x, window }: WeightGradient): Value {
  return padded(write, x, [0, 0, ...window.begins], [0, 0, ...window.ends]);
}

/** What each place of the window sees through one tap: [N, C, narrow …]. */
function tapOf(
  write: GraphWriter,
  source: Value,
  { kernel, strides, dilations, narrow }: Window,
  tap: number,
): Value {
  const offsets = unravel(tap, kernel).map((n, i) => n * dilations[i]);
  const ends = offsets.map((from, i) => from + (narrow[i] - 1) * strides[i] + 1);
  const axes = kernel.map((_, i) => i + 2);
  return write.op('Slice', [
    source,
    write.ints(offsets),
    write.ints(ends),
    write.ints(axes),
    write.ints(strides),
  ]);
}

function unravel(index: number, lengths: readonly number[]): number[] {
  const result = new Array<number>(lengths.length);
  let rest = index;
  for (let i = lengths.length - 1; i >= 0; i--) {
    result[i] = rest % lengths[i];
    rest = Math.floor(rest / lengths[i]);
  }
  return result;
}

/** All taps side by side, [N, taps·C, P], and one product with dY, [N, O, P]. */
function byColumns(write: GraphWriter, gradient: WeightGradient): Value {
  const { dy, window, batch, inputs, outputs } = gradient;
  const { kernel, narrow } = window;
  const [taps, places] = [elementCount(kernel), elementCount(narrow)];
  const source = paddedInput(write, gradient);
  const columns = Array.from({ length: taps }, (_, tap) => tapOf(write, source, window, tap));
  const joined = taps === 1 ? columns[0] : write.op('Concat', columns, { axis: 1 });
  const flat = write.reshape(joined, [batch, taps * inputs, places]);
  const product = write.op('MatMul', [
    write.reshape(dy, [batch, outputs, places]),
    write.transpose(flat, [0, 2, 1]),
  ]);
  const summed = write.reshape(write.sum(product, [0], false), [outputs, taps, inputs]);
  return write.reshape(write.transpose(summed, [0, 2, 1]), [outputs, inputs, ...kernel]);
}

/**
 * Dense 2-D kernels at stride 1: with rows of dY filled up with zeros to the length L of X's padded rows, a tap (i, j) is a
 * shift by i·L + j of flat maps. The i·L are put on dY and the j on X, each by one concatenation with zeros between copies;
 * one batched product [N, kh·O, Q] · [N, Q, kw·C] then holds all taps (research/training.md §3 (a)).
 */
function byShifts(write: GraphWriter, gradient: WeightGradient): Value {
  const { dy, window, batch, inputs, outputs } = gradient;
  const { kernel, narrow } = window;
  const [kh, kw] = kernel;
  const row = narrow[1] + kw - 1;
  const length = (narrow[0] + kh - 1) * row;
  const gap = (channels: number, count: number) =>
    count > 0 ? [zeros(write, [batch, channels, count])] : [];
  const rows = write.reshape(padded(write, dy, [0, 0, 0, 0], [0, 0, 0, kw - 1]), [
    batch,
    outputs,
    narrow[0] * row,
  ]);
  const between = gap(outputs, kh * row + kw - 1);
  const shiftedRows = [
    ...gap(outputs, kw - 1),
    ...Array.from({ length: kh }, (_, i) => (i === 0 ? [rows] : [...between, rows])).flat(),
  ];
  const left = write.reshape(joined(write, shiftedRows), [batch, outputs * kh, length + kw - 1]);
  const map = write.reshape(paddedInput(write, gradient), [batch, inputs, length]);
  // Copy j lies kw − 1 − j places on: what it shows at place p is X[p − (kw − 1) + j].
  const shiftedMaps = [
    ...gap(inputs, kw - 1),
    ...Array.from({ length: kw }, (_, j) => (j === 0 ? [map] : [...gap(inputs, kw - 2), map])).flat(),
    ...gap(inputs, kw - 1),
  ];
  const right = write.reshape(joined(write, shiftedMaps), [batch, inputs * kw, length + kw - 1]);
  const product = write.op('MatMul', [left, write.transpose(right, [0, 2, 1])]);
  const summed = write.reshape(write.sum(product, [0], false), [outputs, kh, inputs, kw]);
  return write.transpose(summed, [0, 2, 1, 3]);
}

function joined(write: GraphWriter, parts: readonly Value[]): Value {
  return parts.length === 1 ? parts[0] : write.op('Concat', parts, { axis: -1 });
}

/** Depthwise: a tap's gradient is the sum over samples and places of X's slice times dY. */
function perChannel(write: GraphWriter, gradient: WeightGradient): Value {
  const { dy, window, outputs } = gradient;
  const { kernel } = window;
  const source = paddedInput(write, gradient);
  const axes = [0, ...kernel.map((_, i) => i + 2)];
  const taps = Array.from({ length: elementCount(kernel) }, (_, tap) =>
    write.reshape(write.sum(write.op('Mul', [tapOf(write, source, window, tap), dy]), axes, false), [
      outputs,
      1,
      1,
    ]),
  );
  return write.reshape(taps.length === 1 ? taps[0] : write.op('Concat', taps, { axis: 2 }), [
    outputs,
    1,
    ...kernel,
  ]);
}

/** The products of `byColumns` with a group as a further batch axis. */
function grouped(write: GraphWriter, gradient: WeightGradient): Value {
  const { dy, window, batch, inputs, outputs, groups } = gradient;
  const { kernel, narrow } = window;
  const [taps, places] = [elementCount(kernel), elementCount(narrow)];
  const [into, from] = [outputs / groups, inputs / groups];
  const source = paddedInput(write, gradient);
  const columns = Array.from({ length: taps }, (_, tap) =>
    write.reshape(tapOf(write, source, window, tap), [batch, groups, from, places]),
  );
  const flat = taps === 1 ? columns[0] : write.op('Concat', columns, { axis: 2 });
  const product = write.op('MatMul', [
    write.reshape(dy, [batch, groups, into, places]),
    write.transpose(flat, [0, 1, 3, 2]),
  ]);
  const summed = write.reshape(write.sum(product, [0], false), [outputs, taps, from]);
  return write.reshape(write.transpose(summed, [0, 2, 1]), [outputs, from, ...kernel]);
}
