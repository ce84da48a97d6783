import { constantOf } from '../onnx/constant-of.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';

/** Reading more than the biases of a layer to find them all 0 is not worth it. */
const MAX_BYTES = 64 * 2 ** 10;
/** Types whose stored elements are their values. */
const plainTypes: ReadonlySet<string> = new Set([
  ...['float', 'double', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'],
]);

/** Whether a value is a constant, of moderate length, whose elements all are `number`. */
export async function isFilledWith(number: number, value: Value | undefined): Promise<boolean> {
  const source = value && constantOf(value);
  if (!source || source.byteLength > MAX_BYTES || !plainTypes.has(source.dtype)) return false;
  const { data } = await readTensorSource(source);
  for (const element of data) if (Number(element) !== number) return false;
  return true;
}
