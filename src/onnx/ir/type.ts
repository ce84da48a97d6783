import type { DataType } from '../../base/tensor.ts';

/** A known length, a symbol (equal symbols are equal lengths), or null where nothing is known. */
export type Dimension = number | string | null;

/** Dimensions by axis; undefined means that not even the rank is known. */
export type Shape = readonly Dimension[];

/** Element type and shape of a tensor. */
export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype: DataType;
  readonly shape: Shape | undefined;
  /** Denotations and unknown fields, for the writer; lost when the type is replaced. */
  readonly foreign?: unknown;
}

/** Sequences, maps, optionals, sparse and opaque types: carried through unchanged. */
export interface OtherType {
  readonly kind: 'other';
  /** What the reader found, for the writer. */
  readonly foreign: unknown;
}

/** What may flow along an edge. */
export type ValueType = TensorType | OtherType;
