import type { Attribute } from '../ir/attribute.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import type { TensorType } from '../ir/type.ts';

/** A name and where it stands in the text. '' as a node's input or output: left out. */
export interface NameText {
  readonly name: string;
  readonly at: number;
}

/** `float[2] w = {1, 2}`: the type and the elements may be missing. */
export interface ValueText extends NameText {
  readonly type: TensorType | undefined;
  readonly tensor: TensorSource | undefined;
}

/** An attribute's value before names are resolved: graphs are still texts. */
export type AttributeText =
  | Exclude<Attribute, { type: 'GRAPH' | 'GRAPHS' | 'REFERENCE' | 'OTHER' }>
  | { readonly type: 'GRAPH'; readonly value: GraphText }
  | { readonly type: 'GRAPHS'; readonly value: readonly GraphText[] };

export interface NodeText {
  readonly name: string;
  readonly domain: string;
  readonly opType: string;
  readonly overload: string;
  readonly inputs: readonly NameText[];
  readonly outputs: readonly NameText[];
  readonly attributes: ReadonlyMap<string, AttributeText>;
}

export interface GraphText {
  readonly name: string;
  readonly inputs: readonly ValueText[];
  readonly outputs: readonly ValueText[];
  /** What stands in `<…>`: initializers, and types of inner values. */
  readonly described: readonly ValueText[];
  readonly nodes: readonly NodeText[];
}
