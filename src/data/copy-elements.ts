import type { TensorData } from '../base/tensor.ts';

/** Copies `length` elements of `from`, beginning at `start`, into `to` at `at`; both are of one type. */
export function copyElements<D extends TensorData>(
  { from, start, length }: { from: D; start: number; length: number },
  to: D,
  at: number,
): void {
  if (Array.isArray(from)) for (let k = 0; k < length; k++) to[at + k] = from[start + k];
  // Of one type, so any one typed array stands for the union here.
  else (to as Uint8Array).set((from as Uint8Array).subarray(start, start + length), at);
}
