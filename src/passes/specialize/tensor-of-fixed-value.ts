import type { DataType, Tensor } from '../../base/tensor.ts';
import type { Shape, TensorType } from '../../onnx/ir/type.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { badFixedValue } from '../errors.ts';

/** One element of a fixed input. */
export type FixedScalar = number | bigint | boolean;
/** What an input shall always be: one number for all elements, or lists of them, nested by axis or flat. */
export type FixedValue = FixedScalar | readonly FixedValue[];

/** Fixed inputs are held in memory: they are switches, rates and states. */
const MAX_BYTES = 64 * 2 ** 20;

type Fill = (count: number, at: (i: number) => FixedScalar) => Tensor['data'];

const numbers =
  (make: (length: number) => Exclude<Tensor['data'], string[] | BigInt64Array | BigUint64Array>): Fill =>
  (count, at) => {
    const data = make(count);
    for (let i = 0; i < count; i++) data[i] = Number(at(i));
    return data;
  };

const bigints =
  (make: (length: number) => BigInt64Array | BigUint64Array): Fill =>
  (count, at) => {
    const data = make(count);
    for (let i = 0; i < count; i++) data[i] = BigInt(at(i));
    return data;
  };

interface Kind {
  readonly fill: Fill;
  /** Whole numbers from … to; undefined for reals. */
  readonly range?: readonly [bigint, bigint];
}

const signed = (bits: bigint, fill: Fill): Kind => ({
  fill,
  range: [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n],
});
const unsigned = (bits: bigint, fill: Fill): Kind => ({ fill, range: [0n, 2n ** bits - 1n] });

/** Element types a value can be given in. */
const kinds: Partial<Record<DataType, Kind>> = {
  float: { fill: numbers((n) => new Float32Array(n)) },
  double: { fill: numbers((n) => new Float64Array(n)) },
  bool: unsigned(
    1n,
    numbers((n) => new Uint8Array(n)),
  ),
  uint8: unsigned(
    8n,
    numbers((n) => new Uint8Array(n)),
  ),
  int8: signed(
    8n,
    numbers((n) => new Int8Array(n)),
  ),
  uint16: unsigned(
    16n,
    numbers((n) => new Uint16Array(n)),
  ),
  int16: signed(
    16n,
    numbers((n) => new Int16Array(n)),
  ),
  uint32: unsigned(
    32n,
    numbers((n) => new Uint32Array(n)),
  ),
  int32: signed(
    32n,
    numbers((n) => new Int32Array(n)),
  ),
  uint64: unsigned(
    64n,
    bigints((n) => new BigUint64Array(n)),
  ),
  int64: signed(
    64n,
    bigints((n) => new BigInt64Array(n)),
  ),
};

/** The tensor of an input of that type; throws `bad-fixed-value` where the value does not fit it. */
export function tensorOfFixedValue(name: string, given: FixedValue, type: TensorType): Tensor {
  const kind = kinds[type.dtype];
  if (!kind)
    throw badFixedValue(name, `values of type ${type.dtype} cannot be given`, Object.keys(kinds).join(', '));
  const flat = Array.isArray(given) ? given.flat(Number.POSITIVE_INFINITY) : [given];
  const elements: FixedScalar[] = flat.map((element) => checked(name, element, type.dtype, kind));
  const shape = shapeOf(name, given, elements.length, type.shape);
  if (byteLength(type.dtype, shape) > MAX_BYTES)
    throw badFixedValue(name, `[${shape}] is longer than ${MAX_BYTES} bytes`, 'a shorter tensor');
  const at = (i: number) => elements[elements.length === 1 ? 0 : i];
  return { dtype: type.dtype, shape, data: kind.fill(elementCount(shape), at) };
}

function checked(name: string, element: unknown, dtype: DataType, { range }: Kind): FixedScalar {
  const isScalar = typeof element === 'number' || typeof element === 'bigint' || typeof element === 'boolean';
  if (!isScalar) throw badFixedValue(name, `${String(element)} is no number`, dtype);
  if (!range) return element;
  const isWhole = typeof element !== 'number' || Number.isInteger(element);
  if (!isWhole || BigInt(element) < range[0] || BigInt(element) > range[1])
    throw badFixedValue(name, `${element} is no ${dtype}`, `a whole number from ${range[0]} to ${range[1]}`);
  return element;
}

function shapeOf(name: string, given: FixedValue, count: number, wanted: Shape | undefined): number[] {
  const nested = nesting(given);
  const text = `[${wanted?.map((n) => n ?? '?').join() ?? '…'}]`;
  if (wanted === undefined) return nested;
  const fits =
    nested.length === wanted.length && wanted.every((n, i) => typeof n !== 'number' || n === nested[i]);
  if (fits && elementCount(nested) === count) return nested;
  const open = wanted.filter((n) => typeof n !== 'number');
  const known = wanted.reduce<number>((product, n) => (typeof n === 'number' ? product * n : product), 1);
  if (nested.length <= 1 && open.length === 0 && (count === known || !Array.isArray(given)))
    return wanted.map(Number);
  if (nested.length <= 1 && open.length === 1 && count % known === 0)
    return wanted.map((n) => (typeof n === 'number' ? n : count / known));
  const reason =
    open.length > 1 ? `its shape ${text} is open, set it first` : `${count} values do not fill ${text}`;
  throw badFixedValue(name, reason, text);
}

/** Lengths of nested lists by axis, as the first of each tells. */
function nesting(given: FixedValue): number[] {
  const lengths: number[] = [];
  for (let part: FixedValue | undefined = given; Array.isArray(part); [part] = part)
    lengths.push(part.length);
  return lengths;
}
