import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import { elementCount } from '../tensor/element-count.ts';

/** One tensor's place in a flat vector. */
export interface FlatEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** Tensors laid end to end: one input, one output and one update instead of hundreds. */
export interface FlatLayout {
  readonly entries: readonly FlatEntry[];
  readonly length: number;
}

export function flatLayout(tensors: readonly { name: string; shape: readonly number[] }[]): FlatLayout {
  let offset = 0;
  const entries = tensors.map(({ name, shape }) => {
    const entry = { name, shape, offset, length: elementCount(shape) };
    offset += entry.length;
    return entry;
  });
  return { entries, length: offset };
}

/** The elements of the constants, laid out flat. */
export async function flatValues(values: readonly Value[], layout: FlatLayout): Promise<Float32Array> {
  const flat = new Float32Array(layout.length);
  for (const [i, { offset }] of layout.entries.entries()) {
    const { data } = await readTensorSource(values[i].initializer!);
    // Only float32 constants are trained.
    flat.set(data as Float32Array, offset);
  }
  return flat;
}

/** Cuts a flat vector into its tensors, as nodes. */
export function unflatten(write: GraphWriter, flat: Value, { entries }: FlatLayout): Value[] {
  if (entries.length === 0) return [];
  const lengths = entries.map(({ length }) => length);
  const parts =
    entries.length === 1
      ? [flat]
      : write.ops('Split', [flat, write.ints(lengths)], lengths.length, { axis: 0 });
  return entries.map(({ shape }, i) => (shape.length === 1 ? parts[i] : write.reshape(parts[i], shape)));
}

/** Lays values end to end, as nodes; they come in the layout's order. */
export function flatten(write: GraphWriter, values: readonly Value[], { entries }: FlatLayout): Value {
  const rows = values.map((value, i) => (entries[i].shape.length === 1 ? value : write.reshape(value, [-1])));
  return rows.length === 1 ? rows[0] : write.op('Concat', rows, { axis: 0 });
}
