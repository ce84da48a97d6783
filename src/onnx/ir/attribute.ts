import type { Graph } from './graph.ts';
import type { TensorSource } from './tensor-source.ts';

/** An attribute's value, tagged with ONNX's AttributeProto.AttributeType names. */
export type AttributeValue =
  | { readonly type: 'FLOAT'; readonly value: number }
  | { readonly type: 'INT'; readonly value: bigint }
  | { readonly type: 'STRING'; readonly value: Uint8Array }
  | { readonly type: 'TENSOR'; readonly value: TensorSource }
  | { readonly type: 'GRAPH'; readonly value: Graph }
  | { readonly type: 'FLOATS'; readonly value: readonly number[] }
  | { readonly type: 'INTS'; readonly value: readonly bigint[] }
  | { readonly type: 'STRINGS'; readonly value: readonly Uint8Array[] }
  | { readonly type: 'TENSORS'; readonly value: readonly TensorSource[] }
  | { readonly type: 'GRAPHS'; readonly value: readonly Graph[] }
  /** In a function body: stands for the caller's attribute `name`. */
  | { readonly type: 'REFERENCE'; readonly name: string; readonly foreign: unknown }
  /** Sparse tensors and types: carried through unchanged. */
  | { readonly type: 'OTHER'; readonly foreign: unknown };

/** An attribute as a node holds it: its value, with what else the file says of it. */
export type Attribute = AttributeValue & { readonly docString?: string; readonly foreignFields?: unknown };
