import { check } from '../../base/check.ts';
import type { DataType } from '../../base/tensor.ts';
import { type DataTypeFacts, dataTypes } from '../../tensor/data-types.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { packCodes } from '../../tensor/packed-codes.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../ir/tensor-source-of-tensor.ts';
import type { TensorType } from '../ir/type.ts';
import { parseFloatText } from './parse-float-text.ts';
import type { Literal, TextReader } from './text-reader.ts';

/** The elements of a tensor of the given type, `{1, 2}`, written as `printElements` writes them. */
export function parseTensor(reader: TextReader, type: TensorType, at: number): TensorSource {
  const { dtype } = type;
  const shape = fixedShape(reader, type, at);
  const literals = parseLiterals(reader);
  // A complex number is two numbers.
  const expected = elementCount(shape) * (dtype.startsWith('complex') ? 2 : 1);
  if (literals.length !== expected) {
    throw reader.fail(`${dtype}[${shape}] needs ${expected} values, but there are ${literals.length}`, at);
  }
  const wrong = literals.find(({ kind }) => (kind === 'string') !== (dtype === 'string'));
  if (wrong) throw reader.fail(`a ${dtype} cannot be a ${wrong.kind}`, wrong.at);
  if (dtype === 'string') return stringTensor(shape, literals);
  return numberTensor(reader, { dtype, shape, literals });
}

function fixedShape(reader: TextReader, { shape }: TensorType, at: number): number[] {
  if (!shape) throw reader.fail('a tensor with values needs a shape', at);
  return shape.map((dim) => {
    if (typeof dim !== 'number') throw reader.fail('a tensor with values needs a shape of numbers', at);
    return dim;
  });
}

function parseLiterals(reader: TextReader): Literal[] {
  reader.expect('{', 'before the values');
  if (reader.next === '…') {
    throw reader.fail(
      'the values were left out when the model was printed (print it with maxValues: Infinity)',
    );
  }
  const literals: Literal[] = [];
  if (reader.matches('}')) return literals;
  do literals.push(reader.literal('a value'));
  while (reader.matches(','));
  reader.expect('}', 'behind the values');
  return literals;
}

function stringTensor(shape: readonly number[], literals: readonly Literal[]): TensorSource {
  const read = (): Promise<Uint8Array> => Promise.reject(new Error('string tensors have no bytes'));
  const strings = literals.map(({ text }) => new TextEncoder().encode(text));
  return { dtype: 'string', shape, byteLength: 0, read, strings };
}

function numberTensor(
  reader: TextReader,
  { dtype, shape, literals }: { dtype: DataType; shape: readonly number[]; literals: readonly Literal[] },
): TensorSource {
  const { array, bits }: DataTypeFacts = dataTypes[dtype];
  check(array !== undefined, () => 'string tensors have no numbers');
  const data = new array(new ArrayBuffer(literals.length * array.BYTES_PER_ELEMENT), 0, literals.length);
  if (data instanceof Float32Array || data instanceof Float64Array) {
    data.set(literals.map(({ text }) => parseFloatText(text)));
    return tensorSourceOfTensor({ dtype, shape, data });
  }
  const integers = literals.map((literal) => integer(reader, literal, dtype));
  if (bits < 8) {
    return tensorSourceOfTensor({ dtype, shape, data: packCodes(integers.map(Number), bits) });
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.set(integers);
  else data.set(integers.map(Number));
  return tensorSourceOfTensor({ dtype, shape, data });
}

function integer(reader: TextReader, { kind, text, at }: Literal, dtype: DataType): bigint {
  const { bits } = dataTypes[dtype];
  const value = kind === 'int' ? BigInt(text) : undefined;
  const fits = dtype.startsWith('int') ? BigInt.asIntN : BigInt.asUintN;
  const isValid = value !== undefined && fits(bits, value) === value && (dtype !== 'bool' || value < 2n);
  if (!isValid) throw reader.fail(`${text} is no ${dtype}`, at);
  return value;
}
