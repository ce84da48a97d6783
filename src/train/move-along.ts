import type { AxisView } from './axis-view.ts';

/**
 * Moves what a sample holds `by` places along an axis, in place; what moves in is that part of `blank`.
 * @param by forwards where positive; at most the axis's length either way
 */
export function moveAlong(
  sample: Float32Array,
  blank: Float32Array,
  { outer, length, inner }: AxisView,
  by: number,
): void {
  if (by === 0) return;
  const offset = by * inner;
  // One move for all rows: what crosses from one row to the next lands just where the empty places are.
  if (by > 0) sample.copyWithin(offset, 0, sample.length - offset);
  else sample.copyWithin(0, -offset);
  const row = length * inner;
  const from = by > 0 ? 0 : row + offset;
  const to = by > 0 ? offset : row;
  // A plain loop: these pieces are often few elements long, where `set` costs more.
  for (let start = 0; start < outer * row; start += row)
    for (let i = start + from; i < start + to; i++) sample[i] = blank[i];
}
