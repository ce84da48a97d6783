import { dataTypes } from '../../tensor/data-types.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { unpackCodes } from '../../tensor/packed-codes.ts';
import { tensorOfBytes } from '../../tensor/tensor-of-bytes.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import { doubleText, floatText } from './float-text.ts';
import { quoted } from './quoted.ts';

/**
 * A tensor's elements as literals, in row-major order. As in ONNX's own printer, 16- and 8-bit float types appear as
 * their bit patterns and complex numbers as two numbers each; 2- and 4-bit types as one code an element.
 */
export async function printElements(tensor: TensorSource): Promise<string[]> {
  const { dtype, shape, strings } = tensor;
  if (strings) return strings.map((bytes) => quoted(new TextDecoder().decode(bytes)));
  const bytes = await tensor.read();
  const { bits } = dataTypes[dtype];
  if (bits < 8) {
    const codes = unpackCodes(bytes, { bits, count: elementCount(shape), isSigned: dtype.startsWith('int') });
    return Array.from(codes, String);
  }
  const { data } = tensorOfBytes(dtype, shape, bytes);
  if (data instanceof Float32Array) return Array.from(data, floatText);
  if (data instanceof Float64Array) return Array.from(data, doubleText);
  return Array.from<number | bigint | string, string>(data, String);
}
