import { constantOf } from '../onnx/constant-of.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';

/** Axes, pads, repeats and targets are short; longer constants are data. */
const MAX_ELEMENTS = 1024;

/** The elements of a short constant of whole numbers; undefined for all other values. */
export async function integersOf(value: Value | undefined): Promise<number[] | undefined> {
  const source = value && constantOf(value);
  if (source?.dtype !== 'int64' && source?.dtype !== 'int32') return undefined;
  if (source.byteLength > 8 * MAX_ELEMENTS) return undefined;
  return Array.from((await readTensorSource(source)).data, Number);
}
