import type { Node } from './node.ts';
import type { TensorSource } from './tensor-source.ts';
import type { ValueType } from './type.ts';

/** One place where a value is read. */
export interface Use {
  readonly node: Node;
  readonly index: number;
}

/** An edge of the graph: made by one node output, or a graph input, or an initializer. */
export class Value {
  /** Unique within a graph and those around it once the model is written. */
  name: string;
  /** Element type and shape, where known. */
  type: ValueType | undefined;
  /** The constant this value stands for, if it is an initializer. */
  initializer: TensorSource | undefined;
  /** Text for people. */
  docString = '';
  /** Fields the reader does not know, for the writer. */
  foreign: unknown;
  /** Kept by `Node`; read only elsewhere. */
  producer: Node | undefined;
  // Made when they are needed: deep models hold tens of thousands of values, most of which are read in one place.
  #metadata: Map<string, string> | undefined;
  #onlyUse: Use | undefined;
  /** All of them, as soon as there was a second one. */
  #uses: Map<Node, Set<number>> | undefined;

  constructor(name: string, type?: ValueType, initializer?: TensorSource) {
    this.name = name;
    this.type = type;
    this.initializer = initializer;
  }

  get metadata(): Map<string, string> {
    this.#metadata ??= new Map();
    return this.#metadata;
  }

  /** All reads, also from nodes of subgraphs. A graph output is not a use. */
  get uses(): Use[] {
    if (this.#onlyUse) return [this.#onlyUse];
    const uses: Use[] = [];
    for (const [node, indices] of this.#uses ?? []) for (const index of indices) uses.push({ node, index });
    return uses;
  }

  get isUsed(): boolean {
    return this.#onlyUse !== undefined || (this.#uses !== undefined && this.#uses.size > 0);
  }

  /** Whether exactly one place reads it; unlike `uses`, as cheap for a constant that thousands of nodes share. */
  get hasOneUse(): boolean {
    if (this.#onlyUse) return true;
    const [indices] = this.#uses?.size === 1 ? this.#uses.values() : [];
    return indices?.size === 1;
  }

  /** Whether this node reads it, perhaps in several places, and no other does. */
  isReadOnlyBy(node: Node): boolean {
    if (this.#onlyUse) return this.#onlyUse.node === node;
    return this.#uses?.size === 1 && this.#uses.has(node);
  }

  /** Only `Node` calls this, to keep both ends of an edge in step. */
  addUse(node: Node, index: number): void {
    if (!this.#uses && !this.#onlyUse) this.#onlyUse = { node, index };
    else addTo(this.#usesByNode(), node, index);
  }

  /** Only `Node` calls this, to keep both ends of an edge in step. */
  removeUse(node: Node, index: number): void {
    if (this.#onlyUse?.node === node && this.#onlyUse.index === index) this.#onlyUse = undefined;
    const indices = this.#uses?.get(node);
    indices?.delete(index);
    if (indices?.size === 0) this.#uses?.delete(node);
  }

  /** Makes every reader of this value read `other` instead. Graph outputs stay as they are. */
  replaceUses(other: Value): void {
    for (const { node, index } of this.uses) node.setInput(index, other);
  }

  #usesByNode(): Map<Node, Set<number>> {
    this.#uses ??= new Map();
    if (this.#onlyUse) addTo(this.#uses, this.#onlyUse.node, this.#onlyUse.index);
    this.#onlyUse = undefined;
    return this.#uses;
  }
}

function addTo(uses: Map<Node, Set<number>>, node: Node, index: number): void {
  const indices = uses.get(node);
  if (indices) indices.add(index);
  else uses.set(node, new Set([index]));
}
