import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { zeros } from './gathering.ts';
import { shiftPlan } from './shift-plan.ts';
import { padded } from './slicing.ts';
import { sumOverFirst } from './sum-over-first.ts';
import type { WeightGradient } from './weight-gradient.ts';

/**
 * Dense 2-D kernels at stride 1: the copies of either map are laid out by one concatenation with zeros between them, and one
 * batched product [N, kh·O, Q] · [N, Q, kw·C] holds all taps (research/training.md §3 (a)).
 */
export function weightGradientByShifts(write: GraphWriter, gradient: WeightGradient): Value {
  const { x, dy, window, batch, inputs, outputs } = gradient;
  const { kernel, wide, narrow } = window;
  const plan = shiftPlan(window);
  const flat = (value: Value, channels: number, [rows, columns]: readonly number[]) =>
    write.reshape(padded(write, value, [0, 0, 0, 0], [0, 0, 0, plan.pitch - columns]), [
      batch,
      channels,
      rows * plan.pitch,
    ]);
  const rows = flat(dy, outputs, narrow);
  const map = flat(x, inputs, wide);
  const maps = Array.from({ length: kernel[1] }, (_, j) => withoutWrapped(write, map, gradient, j));
  const left = sideBySide(write, {
    copies: new Array<Value>(kernel[0]).fill(rows),
    begins: plan.rowBegins,
    size: narrow[0] * plan.pitch,
    length: plan.length,
    lead: [batch, outputs],
  });
  const right = sideBySide(write, {
    copies: maps,
    begins: plan.columnBegins,
    size: wide[0] * plan.pitch,
    length: plan.length,
    lead: [batch, inputs],
  });
  const product = write.op('MatMul', [left, write.transpose(right, [0, 2, 1])]);
  const [kh, kw] = kernel;
  const summed = sumOverFirst(write, product, [batch, outputs * kh, inputs * kw], [outputs, kh, inputs, kw]);
  return write.transpose(summed, [0, 2, 1, 3]);
}

/**
 * Column j of the kernel looks `offset` places on in a row. What would be seen behind a row's end lies in the next row and
 * must not count: those places, which no place of dY sees rightly through this column, are set to 0.
 */
function withoutWrapped(
  write: GraphWriter,
  map: Value,
  { window: { begins, wide, narrow } }: WeightGradient,
  column: number,
): Value {
  const pitch = Math.max(wide[1], narrow[1]);
  const offset = column - begins[1];
  const seen = Array.from({ length: pitch }, (_, place) => {
    const from = place - offset;
    return from >= 0 && from < narrow[1] ? 1 : 0;
  });
  const isWrapped = offset < 0 || narrow[1] - 1 + offset >= pitch;
  if (!isWrapped) return map;
  const size = wide[0] * pitch;
  const mask = Float32Array.from({ length: size }, (_, i) => seen[i % pitch]);
  return write.op('Mul', [map, write.constant({ dtype: 'float', shape: [size], data: mask })]);
}

interface Copies {
  readonly copies: readonly Value[];
  readonly begins: readonly number[];
  /** Length of a copy, and of the axis each is put on. */
  readonly size: number;
  readonly length: number;
  /** [N, channels] */
  readonly lead: readonly [number, number];
}

/** [N, channels · copies, length]: each copy among zeros, the zeros between two copies in one piece. */
function sideBySide(write: GraphWriter, { copies, begins, size, length, lead }: Copies): Value {
  const parts: Value[] = [];
  let at = 0;
  const fillTo = (end: number) => {
    if (end > at) parts.push(zeros(write, [...lead, end - at]));
    at = end;
  };
  for (const [i, copy] of copies.entries()) {
    fillTo(i * length + begins[i]);
    parts.push(copy);
    at += size;
  }
  fillTo(copies.length * length);
  const joined = parts.length === 1 ? parts[0] : write.op('Concat', parts, { axis: -1 });
  return write.reshape(joined, [lead[0], lead[1] * copies.length, length]);
}
