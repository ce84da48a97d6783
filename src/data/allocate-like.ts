import type { TensorData } from '../base/tensor.ts';

/** Zeroed (of strings, empty) element storage of the same type. */
export function allocateLike<D extends TensorData>(data: D, length: number): D {
  if (Array.isArray(data)) return new Array<string>(length).fill('') as TensorData as D; // string[] is the only array in D
  // Every typed array's constructor takes a length; TypeScript knows `constructor` as a plain Function.
  return new (data.constructor as new (length: number) => D)(length);
}
