import { isDeepStrictEqual } from 'node:util';
import type { Attribute } from '../onnx/ir/attribute.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model, ModelFunction } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';

export interface DifferenceOptions {
  /** Skip what ONNX's textual syntax has no place for: doc strings and metadata of parts, types other than tensors,
   * unknown fields. */
  onlyText?: boolean;
}

/** All differences between two models, as `path: a ≠ b`; [] where they are equal down to bytes and unknown fields. */
export async function describeDifferences(
  a: Model,
  b: Model,
  { onlyText = false }: DifferenceOptions = {},
): Promise<string[]> {
  const comparison = new Comparison(onlyText);
  comparison.fields('model', a, b, [
    'irVersion',
    'producerName',
    'producerVersion',
    'domain',
    'modelVersion',
    'docString',
    'metadata',
    'opsetImports',
  ]);
  if (!onlyText) comparison.fields('model', a, b, ['foreign']);
  await comparison.graph('graph', a.graph, b.graph);
  await comparison.lists('functions', a.functions, b.functions, (path, x, y) =>
    comparison.modelFunction(path, x, y),
  );
  return comparison.differences;
}

class Comparison {
  readonly differences: string[] = [];
  readonly #onlyText: boolean;

  constructor(onlyText: boolean) {
    this.#onlyText = onlyText;
  }

  equal(path: string, a: unknown, b: unknown): void {
    if (!isDeepStrictEqual(a, b)) this.differences.push(`${path}: ${shown(a)} ≠ ${shown(b)}`);
  }

  fields<T>(path: string, a: T, b: T, names: readonly (keyof T & string)[]): void {
    for (const name of names) this.equal(`${path}.${name}`, a[name], b[name]);
  }

  async lists<T>(
    path: string,
    a: Iterable<T>,
    b: Iterable<T>,
    compare: (path: string, a: T, b: T) => Promise<void> | void,
  ): Promise<void> {
    const [left, right] = [[...a], [...b]];
    this.equal(`${path}.length`, left.length, right.length);
    for (let i = 0; i < Math.min(left.length, right.length); i++)
      await compare(`${path}[${i}]`, left[i], right[i]);
  }

  async graph(path: string, a: Graph, b: Graph): Promise<void> {
    this.equal(`${path}.name`, a.name, b.name);
    if (!this.#onlyText) this.fields(path, a, b, ['docString', 'metadata', 'foreign']);
    await this.lists(`${path}.inputs`, a.inputs, b.inputs, (p, x, y) => this.value(p, x, y));
    await this.lists(`${path}.outputs`, a.outputs, b.outputs, (p, x, y) => this.value(p, x, y));
    await this.lists(`${path}.initializers`, a.initializers, b.initializers, async (p, x, y) => {
      this.value(p, x, y);
      // Only values that carry a tensor are initializers (Graph.adoptInitializer checks it).
      await this.tensor(p, x.initializer as TensorSource, y.initializer as TensorSource);
    });
    await this.lists(`${path}.nodes`, a.nodes, b.nodes, (p, x, y) => this.node(p, x, y));
  }

  value(path: string, a: Value | undefined, b: Value | undefined): void {
    this.equal(`${path}.name`, a?.name, b?.name);
    if (!a || !b) return;
    if (!this.#onlyText || a.type?.kind === 'tensor') this.fields(path, a, b, ['type']);
    if (!this.#onlyText) this.fields(path, a, b, ['docString', 'metadata', 'foreign']);
  }

  async node(path: string, a: Node, b: Node): Promise<void> {
    this.fields(path, a, b, ['name', 'opType', 'domain', 'overload']);
    if (!this.#onlyText) this.fields(path, a, b, ['docString', 'metadata', 'foreign']);
    const names = (values: Node['inputs']) => values.map((value) => value?.name);
    this.equal(`${path}.inputs`, names(a.inputs), names(b.inputs));
    await this.lists(`${path}.outputs`, a.outputs, b.outputs, (p, x, y) => this.value(p, x, y));
    await this.attributes(path, a.attributes, b.attributes);
  }

  async attributes(
    path: string,
    a: ReadonlyMap<string, Attribute>,
    b: ReadonlyMap<string, Attribute>,
  ): Promise<void> {
    this.equal(`${path}.attributes`, [...a.keys()], [...b.keys()]);
    for (const [name, attribute] of a) {
      const other = b.get(name);
      if (other) await this.attribute(`${path}.${name}`, attribute, other);
    }
  }

  async attribute(path: string, a: Attribute, b: Attribute): Promise<void> {
    if (!this.#onlyText) this.fields(path, a, b, ['docString', 'foreignFields']);
    if (a.type === 'GRAPH' && b.type === 'GRAPH') return this.graph(path, a.value, b.value);
    if (a.type === 'TENSOR' && b.type === 'TENSOR') return this.tensor(path, a.value, b.value);
    if (a.type === 'GRAPHS' && b.type === 'GRAPHS')
      return this.lists(path, a.value, b.value, (p, x, y) => this.graph(p, x, y));
    if (a.type === 'TENSORS' && b.type === 'TENSORS')
      return this.lists(path, a.value, b.value, (p, x, y) => this.tensor(p, x, y));
    const content = (x: Attribute) => ('value' in x ? x.value : x.foreign);
    this.equal(path, { type: a.type, content: content(a) }, { type: b.type, content: content(b) });
  }

  async tensor(path: string, a: TensorSource, b: TensorSource): Promise<void> {
    this.fields(path, a, b, ['dtype', 'shape', 'byteLength']);
    if (!this.#onlyText) this.fields(path, a, b, ['foreign']);
    if (a.strings || b.strings) return this.equal(`${path}.strings`, strings(a), strings(b));
    const [left, right] = [Buffer.from(await a.read()), Buffer.from(await b.read())];
    if (!left.equals(right)) this.equal(`${path}.bytes`, left.toString('hex'), right.toString('hex'));
  }

  async modelFunction(path: string, a: ModelFunction, b: ModelFunction): Promise<void> {
    this.fields(path, a, b, [
      'name',
      'domain',
      'overload',
      'docString',
      'attributeNames',
      'opsetImports',
      'metadata',
      'foreign',
    ]);
    await this.attributes(path, a.attributeDefaults, b.attributeDefaults);
    await this.graph(`${path}.graph`, a.graph, b.graph);
  }
}

function strings(tensor: TensorSource): string[] | undefined {
  return tensor.strings?.map((bytes) => Buffer.from(bytes).toString('hex'));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    return inner instanceof Map ? [...inner] : inner;
  });
  return (text ?? 'undefined').slice(0, 200);
}
