import type { DataType } from '../../base/tensor.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { malformedFile, objectArray } from '../errors.ts';

/** numpy's type letters and item sizes, without byte order. */
const TYPES: Readonly<Record<string, DataType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float',
  f8: 'double',
};

/** The longest a header of a plain array gets is far below; what is longer describes records, which are not read. */
export const MAX_NPY_HEADER_BYTES = 65_536;
const MAX_RANK = 16;
/** Magic, version and the length of the header. */
const PREAMBLE_BYTES = 12;

/** What stands before the elements of an .npy file. */
export interface NpyHeader {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** First axis fastest. */
  readonly isFortran: boolean;
  readonly isBigEndian: boolean;
  /** Where the elements begin. */
  readonly dataAt: number;
}

/**
 * Parses the beginning of an .npy file (NEP 1: versions 1.0 to 3.0), given at least its header or its first 64 KiB.
 * Throws a PareError on what is no plain array of numbers; nothing is ever unpickled.
 */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const { text, dataAt } = headerText(bytes, where);
  const shown = JSON.stringify(text.slice(0, 200));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dimensions = /'shape'\s*:\s*\(([\d, L]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || dimensions === undefined)
    throw malformedFile(where, 'an array of numbers with descr, fortran_order and shape', shown);
  if (/^[|<>=]?O/.test(descr)) throw objectArray(where);
  const type = /^([|<>=]?)([a-z]\d+)$/.exec(descr);
  const dtype = type && Object.hasOwn(TYPES, type[2]) ? TYPES[type[2]] : undefined;
  if (!type || !dtype) throw malformedFile(where, `one of the types ${Object.keys(TYPES).join(', ')}`, descr);

  const shape = dimensions
    .split(',')
    .map((part) => part.trim().replace(/L$/, ''))
    .filter((part) => part !== '')
    .map(Number);
  if (
    shape.length > MAX_RANK ||
    !shape.every(Number.isSafeInteger) ||
    !Number.isSafeInteger(elementCount(shape))
  )
    throw malformedFile(where, `at most ${MAX_RANK} axes of countable length`, `shape (${dimensions})`);
  return { dtype, shape, isFortran: order === 'True', isBigEndian: type[1] === '>', dataAt };
}

function headerText(bytes: Uint8Array, where: string): { text: string; dataAt: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic !== '\x93NUMPY' || bytes.length < PREAMBLE_BYTES)
    throw malformedFile(where, 'an .npy file, beginning with \\x93NUMPY', JSON.stringify(magic));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6];
  if (major < 1 || major > 3) throw malformedFile(where, 'format version 1, 2 or 3', `${major}`);
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataAt = start + length;
  if (dataAt > Math.min(bytes.length, MAX_NPY_HEADER_BYTES))
    throw malformedFile(
      where,
      `a header within the file and ${MAX_NPY_HEADER_BYTES} bytes`,
      `${length} bytes`,
    );
  return { text: new TextDecoder('latin1').decode(bytes.subarray(start, dataAt)), dataAt };
}
