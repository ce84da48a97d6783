import type { Attribute, AttributeValue } from './attribute.ts';
import type { Graph } from './graph.ts';
import type { Value } from './value.ts';

/** What a node is made from. */
export interface NodeFields {
  opType: string;
  domain?: string;
  name?: string;
  inputs?: readonly (Value | undefined)[];
  outputs: readonly (Value | undefined)[];
  attributes?: Iterable<readonly [string, Attribute]>;
}

const NO_GRAPHS: readonly Graph[] = [];

/** An operator applied to values. Missing optional inputs and outputs are undefined. */
export class Node {
  /** Name in the file; may be empty, and several nodes may share one. */
  name: string;
  /** The operator, as ONNX spells it. */
  opType: string;
  /** '' is the standard domain (also spelled ai.onnx in files). */
  domain: string;
  /** Chooses among functions of one name; else empty. */
  overload = '';
  /** Text for people. */
  docString = '';
  /** Attributes by name, those that are not set left out. */
  readonly attributes: Map<string, Attribute>;
  /** Fields the reader does not know, for the writer. */
  foreign: unknown;
  /** The graph it belongs to; kept by `Graph`. */
  graph: Graph | undefined;
  // Made when it is needed: hardly any node has some.
  #metadata: Map<string, string> | undefined;
  #inputs: (Value | undefined)[] = [];
  #outputs: (Value | undefined)[] = [];

  constructor(fields: NodeFields) {
    this.opType = fields.opType;
    this.domain = fields.domain ?? '';
    this.name = fields.name ?? '';
    this.attributes = new Map(fields.attributes ?? []);
    this.setInputs(fields.inputs ?? []);
    this.setOutputs(fields.outputs);
  }

  /** Free pairs of key and value. */
  get metadata(): Map<string, string> {
    this.#metadata ??= new Map();
    return this.#metadata;
  }

  get inputs(): readonly (Value | undefined)[] {
    return this.#inputs;
  }

  get outputs(): readonly (Value | undefined)[] {
    return this.#outputs;
  }

  /** The only output of the many operators that have one. */
  get output(): Value {
    const value = this.#outputs[0];
    if (!value) throw new Error(`node "${this.name}" (${this.opType}) has no first output`);
    return value;
  }

  /** Makes input `index` read `value`; the list grows where needed. */
  setInput(index: number, value: Value | undefined): void {
    while (this.#inputs.length <= index) this.#inputs.push(undefined);
    this.#inputs[index]?.removeUse(this, index);
    this.#inputs[index] = value;
    value?.addUse(this, index);
  }

  /** Replaces all inputs. */
  setInputs(values: readonly (Value | undefined)[]): void {
    this.#inputs.forEach((value, index) => {
      value?.removeUse(this, index);
    });
    this.#inputs = [];
    values.forEach((value, index) => {
      this.setInput(index, value);
    });
  }

  /** Takes over the given values as outputs; a value has one producer, so the former one loses it. */
  setOutputs(values: readonly (Value | undefined)[]): void {
    for (const value of this.#outputs) if (value?.producer === this) value.producer = undefined;
    this.#outputs = [...values];
    for (const value of values) {
      if (!value) continue;
      if (value.producer && value.producer !== this) value.producer.#forget(value);
      value.producer = this;
    }
  }

  #forget(value: Value): void {
    this.#outputs = this.#outputs.map((own) => (own === value ? undefined : own));
  }

  /** The graphs held in attributes (bodies of If, Loop, Scan). */
  subgraphs(): readonly Graph[] {
    // Asked of every node all the time, and nearly always none.
    if (this.attributes.size === 0) return NO_GRAPHS;
    let graphs: Graph[] | undefined;
    for (const attribute of this.attributes.values()) {
      if (attribute.type === 'GRAPH') graphs = [...(graphs ?? []), attribute.value];
      if (attribute.type === 'GRAPHS') graphs = [...(graphs ?? []), ...attribute.value];
    }
    return graphs ?? NO_GRAPHS;
  }

  /** An integer attribute, cut to what a double holds exactly; undefined where absent or of another type. */
  int(name: string): number | undefined {
    const attribute = this.#attribute(name, 'INT');
    return attribute && saturate(attribute.value);
  }

  /** A float attribute; undefined where absent or of another type. */
  float(name: string): number | undefined {
    return this.#attribute(name, 'FLOAT')?.value;
  }

  /** A string attribute as UTF-8; undefined where absent or of another type. */
  string(name: string): string | undefined {
    const attribute = this.#attribute(name, 'STRING');
    return attribute && new TextDecoder().decode(attribute.value);
  }

  /** A list of integers, each cut to what a double holds exactly; undefined where absent or of another type. */
  ints(name: string): number[] | undefined {
    return this.#attribute(name, 'INTS')?.value.map(saturate);
  }

  /** Sets an integer attribute. */
  setInt(name: string, value: number): this {
    this.attributes.set(name, { type: 'INT', value: BigInt(value) });
    return this;
  }

  /** Sets a float attribute. */
  setFloat(name: string, value: number): this {
    this.attributes.set(name, { type: 'FLOAT', value });
    return this;
  }

  /** Sets a list of integers. */
  setInts(name: string, values: readonly number[]): this {
    this.attributes.set(name, { type: 'INTS', value: values.map((v) => BigInt(v)) });
    return this;
  }

  #attribute<T extends AttributeValue['type']>(name: string, type: T) {
    const attribute = this.attributes.get(name);
    // The tag decides the member of the union; TypeScript cannot narrow by a generic tag.
    return attribute?.type === type ? (attribute as Extract<Attribute, { type: T }>) : undefined;
  }
}

/** "To the end" is often written as INT64_MAX, which no double holds: clamp to the safe integers. */
function saturate(value: bigint): number {
  return Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
