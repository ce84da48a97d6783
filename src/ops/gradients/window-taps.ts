import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import type { Window } from './window.ts';

/**
 * For each tap of the kernel along one spatial axis, what the window's places see through it: strided slices of a source
 * that holds its pads along that axis.
 */
export function tapsAlong(
  write: GraphWriter,
  source: Value,
  { kernel, strides, dilations, narrow, wide, begins, ends }: Window,
  axis: number,
): Value[] {
  const length = wide[axis] + begins[axis] + ends[axis];
  return Array.from({ length: kernel[axis] }, (_, tap) => {
    const from = tap * dilations[axis];
    const to = from + (narrow[axis] - 1) * strides[axis] + 1;
    if (from === 0 && to === length && strides[axis] === 1) return source;
    const bounds = [from, to, axis + 2, strides[axis]].map((n) => write.ints([n]));
    return write.op('Slice', [source, ...bounds]);
  });
}
