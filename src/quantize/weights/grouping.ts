import { elementCount } from '../../tensor/element-count.ts';

/** How a weight is cut into groups that share a scale: a tensor of `dims`, some of whose axes have scales of their own. */
export interface Grouping {
  /** The weight's shape, or [outer, blocks, block, inner] where an axis is cut into blocks. */
  readonly dims: readonly number[];
  /** By axis of `dims`: whether each of its indices has a scale of its own. */
  readonly isOwn: readonly boolean[];
  /** Where blocks are cut: what was cut, for the last block may be filled up. */
  readonly cut: Cut | undefined;
}

/** Lengths of a weight as [outer, length, inner], of which the middle one is cut. */
export interface Cut {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly block: number;
}

export type WeightGranularity = 'tensor' | 'channel' | `block:${number}`;

/** Elements that share a scale along a cut axis; undefined where none is cut. */
export function blockOf(granularity: WeightGranularity): number | undefined {
  return granularity.startsWith('block:') ? Number(granularity.slice('block:'.length)) : undefined;
}

/** @param ownAxes axes that have scales of their own but for granularity `tensor` (see `WeightRole`) */
export function groupingOf(
  shape: readonly number[],
  ownAxes: readonly number[],
  granularity: WeightGranularity,
): Grouping {
  const block = blockOf(granularity);
  const cut = block === undefined ? undefined : cutOf(shape, ownAxes, block);
  if (cut) return groupingOfCut(cut);
  const own = granularity === 'tensor' ? [] : ownAxes;
  return { dims: shape, isOwn: shape.map((_, axis) => own.includes(axis)), cut: undefined };
}

/** Blocks of `block` elements along the middle axis. */
export function groupingOfCut(cut: Cut): Grouping {
  const { outer, length, inner, block } = cut;
  return { dims: [outer, Math.ceil(length / block), block, inner], isOwn: [true, true, false, true], cut };
}

/** Lengths of the scales, which broadcast against `dims`. */
export function scaleShape({ dims, isOwn }: Grouping): number[] {
  return dims.map((n, axis) => (isOwn[axis] ? n : 1));
}

/** Elements, those that fill up the last block counted. */
export function codeCount({ dims }: Grouping): number {
  return elementCount(dims);
}

/** Cuts the longest run of neighbouring axes that are summed over; undefined where a block would hold all of it. */
function cutOf(shape: readonly number[], ownAxes: readonly number[], block: number): Cut | undefined {
  let best: Cut | undefined;
  for (let start = 0; start < shape.length; start++) {
    let end = start;
    while (end < shape.length && !ownAxes.includes(end)) end++;
    const length = elementCount(shape.slice(start, end));
    if (end > start && length > (best?.length ?? 0)) {
      const [outer, inner] = [shape.slice(0, start), shape.slice(end)].map(elementCount);
      best = { outer, length, inner, block };
    }
    start = end;
  }
  return best && best.length > block ? best : undefined;
}

/** The weight with the last block of each run filled up with zeros. */
export function filledUp(weights: Float32Array, { cut }: Grouping): Float32Array {
  if (!cut || cut.length % cut.block === 0) return weights;
  const { outer, length, inner, block } = cut;
  const row = length * inner;
  const filledRow = Math.ceil(length / block) * block * inner;
  const filled = new Float32Array(outer * filledRow);
  for (let i = 0; i < outer; i++) filled.set(weights.subarray(i * row, (i + 1) * row), i * filledRow);
  return filled;
}

/** For each code the place of its weight, −1 where it only fills up a block. */
export function filledPlaces(grouping: Grouping): Int32Array {
  const { cut } = grouping;
  if (!cut) return Int32Array.from({ length: codeCount(grouping) }, (_, i) => i);
  const { outer, length, inner, block } = cut;
  const [row, filledRow] = [length * inner, Math.ceil(length / block) * block * inner];
  return Int32Array.from({ length: outer * filledRow }, (_, i) =>
    i % filledRow < row ? Math.floor(i / filledRow) * row + (i % filledRow) : -1,
  );
}

/** The inverse of `filledUp`. */
export function cutBack(filled: Float32Array, { cut }: Grouping): Float32Array {
  if (!cut || cut.length % cut.block === 0) return filled;
  const { outer, length, inner, block } = cut;
  const row = length * inner;
  const filledRow = Math.ceil(length / block) * block * inner;
  const weights = new Float32Array(outer * row);
  for (let i = 0; i < outer; i++) weights.set(filled.subarray(i * filledRow, i * filledRow + row), i * row);
  return weights;
}

/**
 * Walks all elements in order as runs of neighbours: element `start + i` belongs to group `group + i · step`, where step
 * is 0 or 1.
 */
export function eachRun(
  { dims, isOwn }: Grouping,
  visit: (start: number, count: number, group: number, step: number) => void,
): void {
  const axes = mergedAxes(dims, isOwn);
  const last = axes.pop() ?? { length: 1, isOwn: false };
  const step = last.isOwn ? 1 : 0;
  // Distance between groups of neighbouring indices, by axis.
  let stride = last.isOwn ? last.length : 1;
  const strides = axes.map(() => 0);
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    if (!axes[axis].isOwn) continue;
    strides[axis] = stride;
    stride *= axes[axis].length;
  }
  const index = axes.map(() => 0);
  const runs = axes.reduce((n, { length }) => n * length, 1);
  for (let run = 0, group = 0; run < runs; run++) {
    visit(run * last.length, last.length, group, step);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      group += strides[axis];
      if (++index[axis] < axes[axis].length) break;
      group -= strides[axis] * axes[axis].length;
      index[axis] = 0;
    }
  }
}

/** Neighbouring axes of one kind as one, those of length 1 left out. */
function mergedAxes(dims: readonly number[], isOwn: readonly boolean[]) {
  const axes: { length: number; isOwn: boolean }[] = [];
  dims.forEach((length, axis) => {
    const before = axes.at(-1);
    if (length === 1) return;
    if (before?.isOwn === isOwn[axis]) before.length *= length;
    else axes.push({ length, isOwn: isOwn[axis] });
  });
  return axes;
}
