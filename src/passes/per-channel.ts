import { constantOf } from '../onnx/constant-of.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';

/** Axis `axis` (1, or −1 for the last) of a tensor of `rank` axes has `length` channels. */
export interface ChannelAxis {
  readonly length: number;
  readonly axis: 1 | -1;
  readonly rank: number;
}

/**
 * The numbers of a float32 constant that broadcasts to one a channel: of length 1 on all other axes, and of no more
 * axes than the tensor. Undefined for all other values.
 */
export async function perChannel(
  value: Value | undefined,
  { length, axis, rank }: ChannelAxis,
): Promise<Float64Array | undefined> {
  const source = value && constantOf(value);
  if (source?.dtype !== 'float' || source.shape.length > rank) return undefined;
  const own = (axis === 1 ? 1 : rank - 1) - (rank - source.shape.length);
  if (!source.shape.every((n, i) => n === 1 || (i === own && n === length))) return undefined;
  const { data } = await readTensorSource(source);
  return Float64Array.from({ length }, (_, i) => Number(data[data.length === 1 ? 0 : i]));
}
