import type { Tensor } from '../../base/tensor.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { tensorOfBytes } from '../../tensor/tensor-of-bytes.ts';
import type { ByteFile } from '../byte-file.ts';
import { malformedFile } from '../errors.ts';
import { MAX_NPY_HEADER_BYTES, type NpyHeader, parseNpyHeader } from './parse-npy-header.ts';

/** An array whose axis 0 is the sample. */
export interface NpyArray {
  readonly where: string;
  readonly dtype: Tensor['dtype'];
  readonly shape: readonly number[];
  /** Entry `index` of axis 0: shape.slice(1), row-major, whatever the order in the file. */
  row(index: number): Tensor;
}

/** Where an array lies: `length` bytes of `file` from `offset` on. */
export interface NpyPlace {
  readonly file: ByteFile;
  readonly offset: number;
  readonly length: number;
  readonly where: string;
}

/**
 * Opens an array in numpy's .npy format; rows are read when asked for, those of arrays in Fortran order out of a copy of
 * the whole in memory. Throws a PareError where the file is not exactly as long as its header says.
 */
export function openNpyArray({ file, offset, length, where }: NpyPlace): NpyArray {
  const header = parseNpyHeader(file.read(offset, Math.min(length, MAX_NPY_HEADER_BYTES)), where);
  const { dtype, shape, isFortran, isBigEndian, dataAt } = header;
  const itemBytes = dataTypes[dtype].bits / 8;
  const expected = dataAt + elementCount(shape) * itemBytes;
  if (expected !== length) throw malformedFile(where, `${expected} bytes`, `${length} bytes`);
  if (shape.length === 0) throw malformedFile(where, 'an array whose first axis is the sample', 'a scalar');

  const rowShape = shape.slice(1);
  const rowBytes = elementCount(rowShape) * itemBytes;
  const elementsAt = offset + dataAt;
  let whole: Uint8Array | undefined;
  const rowBytesAt = (index: number): Uint8Array => {
    // With one axis both orders are the same.
    if (!isFortran || rowShape.length === 0) return file.read(elementsAt + index * rowBytes, rowBytes);
    whole ??= file.read(elementsAt, length - dataAt);
    return gatherRow(whole, header, itemBytes, index);
  };
  return {
    where,
    dtype,
    shape,
    row: (index) => {
      const bytes = rowBytesAt(index);
      return tensorOfBytes(dtype, rowShape, isBigEndian ? swapped(bytes, itemBytes) : bytes);
    },
  };
}

/** Row `index` of an array in Fortran order: element (i, j, k, …) lies at i + n₀·(j + n₁·(k + …)). */
function gatherRow(whole: Uint8Array, { shape }: NpyHeader, itemBytes: number, index: number): Uint8Array {
  const rowShape = shape.slice(1);
  const strides = rowShape.map((_, axis) => elementCount(shape.slice(0, axis + 1)));
  const count = elementCount(rowShape);
  const row = new Uint8Array(count * itemBytes);
  const place = new Array<number>(rowShape.length).fill(0);
  let from = index;
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < itemBytes; b++) row[i * itemBytes + b] = whole[from * itemBytes + b];
    // The next element in row-major order: count up the last axis and carry.
    for (let axis = rowShape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++place[axis] < rowShape[axis]) break;
      from -= strides[axis] * rowShape[axis];
      place[axis] = 0;
    }
  }
  return row;
}

/** The items with their bytes the other way round. */
function swapped(bytes: Uint8Array, itemBytes: number): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += itemBytes)
    for (let b = 0; b < itemBytes; b++) turned[start + b] = bytes[start + itemBytes - 1 - b];
  return turned;
}
