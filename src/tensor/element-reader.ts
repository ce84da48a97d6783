import type { DataType } from '../base/tensor.ts';
import { type MinifloatLayout, minifloatValues } from './minifloat.ts';

/** The element at an index, as a number; int64 beyond 2⁵³ is rounded. */
export type ElementReader = (index: number) => number;

/** Source: IEEE 754 and ONNX's documentation of float8 and float4. */
const minifloats: Partial<Record<DataType, MinifloatLayout>> = {
  float16: { exponentBits: 5, mantissaBits: 10, bias: 15, specials: 'ieee' },
  float8e4m3fn: { exponentBits: 4, mantissaBits: 3, bias: 7, specials: 'fn' },
  float8e4m3fnuz: { exponentBits: 4, mantissaBits: 3, bias: 8, specials: 'fnuz' },
  float8e5m2: { exponentBits: 5, mantissaBits: 2, bias: 15, specials: 'ieee' },
  float8e5m2fnuz: { exponentBits: 5, mantissaBits: 2, bias: 16, specials: 'fnuz' },
  float4e2m1: { exponentBits: 2, mantissaBits: 1, bias: 1, specials: 'finite' },
};

const tables = new Map<DataType, Float32Array>();

/** Reads elements of a tensor's little-endian bytes; undefined for strings and complex numbers, which are no numbers. */
export function elementReader(dtype: DataType, bytes: Uint8Array): ElementReader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const small = minifloats[dtype];
  if (small) {
    const table = tables.get(dtype) ?? minifloatValues(small);
    tables.set(dtype, table);
    const code = codeReader(table.length, bytes, view);
    return (i) => table[code(i)];
  }
  const make = readers[dtype];
  return make?.(bytes, view);
}

/** Codes as unsigned integers. @param count how many there are: 16, 256 or 65536 */
function codeReader(count: number, bytes: Uint8Array, view: DataView): ElementReader {
  if (count === 16) return packed(bytes, 4);
  return count === 256 ? (i) => bytes[i] : (i) => view.getUint16(2 * i, true);
}

const readers: Partial<Record<DataType, (bytes: Uint8Array, view: DataView) => ElementReader>> = {
  float: (_, view) => (i) => view.getFloat32(4 * i, true),
  double: (_, view) => (i) => view.getFloat64(8 * i, true),
  bfloat16: (_, view) => {
    const word = new DataView(new ArrayBuffer(4));
    return (i) => {
      word.setUint16(0, view.getUint16(2 * i, true));
      return word.getFloat32(0);
    };
  },
  // An exponent alone; all ones are NaN.
  float8e8m0: (bytes) => (i) => (bytes[i] === 255 ? Number.NaN : 2 ** (bytes[i] - 127)),
  bool: (bytes) => (i) => bytes[i],
  uint8: (bytes) => (i) => bytes[i],
  int8: (_, view) => (i) => view.getInt8(i),
  uint16: (_, view) => (i) => view.getUint16(2 * i, true),
  int16: (_, view) => (i) => view.getInt16(2 * i, true),
  uint32: (_, view) => (i) => view.getUint32(4 * i, true),
  int32: (_, view) => (i) => view.getInt32(4 * i, true),
  uint64: (_, view) => (i) => Number(view.getBigUint64(8 * i, true)),
  int64: (_, view) => (i) => Number(view.getBigInt64(8 * i, true)),
  uint4: (bytes) => packed(bytes, 4),
  int4: (bytes) => signed(packed(bytes, 4), 8),
  uint2: (bytes) => packed(bytes, 2),
  int2: (bytes) => signed(packed(bytes, 2), 2),
};

/** Codes of `bits` bits, low bits of a byte first. */
function packed(bytes: Uint8Array, bits: number): ElementReader {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (i) => (bytes[Math.floor(i / perByte)] >> ((i % perByte) * bits)) & mask;
}

/** Two's complement of codes below 2 · half. */
function signed(code: ElementReader, half: number): ElementReader {
  return (i) => {
    const c = code(i);
    return c >= half ? c - 2 * half : c;
  };
}
