import { check } from '../../base/check.ts';
import { Node, type NodeFields } from './node.ts';
import type { TensorSource } from './tensor-source.ts';
import type { ValueType } from './type.ts';
import { Value } from './value.ts';

/** Nodes in an order in which producers come first, with the values that enter and leave. */
export class Graph {
  /** Name in the file; unique only by convention. */
  name: string;
  /** Text for people. */
  docString = '';
  /** Free pairs of key and value. */
  readonly metadata = new Map<string, string>();
  /** Entering values. In files of IR version 3 they include the initializers. */
  inputs: Value[] = [];
  /** Leaving values, in the model's order. */
  outputs: Value[] = [];
  /** The node whose attribute holds this graph; undefined for a model's main graph. */
  owner: Node | undefined;
  /** Fields the reader does not know (sparse initializers, annotations), for the writer. */
  foreign: unknown;
  readonly #nodes = new Set<Node>();
  readonly #initializers = new Set<Value>();
  #names: Set<string> | undefined;
  /** Of names given: the last number behind each base. */
  readonly #suffixes = new Map<string, number>();

  constructor(name = '') {
    this.name = name;
  }

  /** In file order; safe to remove nodes while iterating. */
  get nodes(): ReadonlySet<Node> {
    return this.#nodes;
  }

  get initializers(): ReadonlySet<Value> {
    return this.#initializers;
  }

  /** Takes a node that belongs to no graph. Call `sort` when done. */
  add(node: Node): Node {
    check(!node.graph, () => `node "${node.name}" already belongs to a graph`);
    node.graph = this;
    this.#nodes.add(node);
    for (const subgraph of node.subgraphs()) subgraph.owner = node;
    const names = this.root.#names;
    if (names) for (const value of valuesOfNode(node)) names.add(value.name);
    return node;
  }

  /** Makes a node with one new output value of a fresh name, and adds it. Call `sort` when done. */
  addNode(
    fields: Omit<NodeFields, 'outputs'> & { outputName: string; outputType?: ValueType | undefined },
  ): Value {
    const output = new Value(this.freshName(fields.outputName), fields.outputType);
    this.add(new Node({ ...fields, outputs: [output] }));
    return output;
  }

  /** A new constant of a fresh name that begins with `name`. */
  addInitializer(name: string, tensor: TensorSource): Value {
    const type: ValueType = { kind: 'tensor', dtype: tensor.dtype, shape: tensor.shape };
    return this.adoptInitializer(new Value(this.freshName(name), type, tensor));
  }

  /** Registers an existing value that carries its tensor. */
  adoptInitializer(value: Value): Value {
    check(value.initializer !== undefined, () => `"${value.name}" carries no tensor`);
    this.#initializers.add(value);
    this.root.#names?.add(value.name);
    return value;
  }

  /** Forgets a constant; nothing may read it any more. */
  removeInitializer(value: Value): void {
    this.#initializers.delete(value);
  }

  /** Takes the node out; its inputs lose the uses, its outputs their producer. Its subgraphs are emptied likewise. */
  remove(node: Node): void {
    check(this.#nodes.has(node), () => `node "${node.name}" is not in graph "${this.name}"`);
    for (const subgraph of node.subgraphs()) for (const inner of subgraph.nodes) subgraph.remove(inner);
    node.setInputs([]);
    node.setOutputs([]);
    node.graph = undefined;
    this.#nodes.delete(node);
  }

  /** Takes over the nodes and initializers of `other`, which is left without; call `sort` when done. */
  takeOver(other: Graph): void {
    const nodes = [...other.#nodes];
    other.#nodes.clear();
    for (const node of nodes) {
      node.graph = undefined;
      this.add(node);
    }
    for (const value of other.#initializers) this.adoptInitializer(value);
    other.#initializers.clear();
  }

  /** `base`, or `base_1`, `base_2` … where that is taken in this graph, those around it, or those inside it. */
  freshName(base: string): string {
    const { root } = this;
    const names = root.allNames();
    let name = base;
    // Counting on from the last one: thousands of values may want one name.
    let n = root.#suffixes.get(base) ?? 0;
    while (names.has(name)) name = `${base}_${++n}`;
    if (n > 0) root.#suffixes.set(base, n);
    names.add(name);
    return name;
  }

  /** The outermost graph around this one. */
  get root(): Graph {
    let graph: Graph = this;
    while (graph.owner?.graph) graph = graph.owner.graph;
    return graph;
  }

  /** All value names in this graph and its subgraphs, collected on first need. */
  private allNames(): Set<string> {
    this.#names ??= new Set([...valuesOf(this)].map((value) => value.name));
    return this.#names;
  }

  /** Restores producers-first order, keeping the present order where it is already right. */
  sort(): void {
    if (isSorted(this)) return;
    const done = new Set<Node>();
    const open = new Set<Node>();
    const order: Node[] = [];
    for (const start of this.#nodes) visit(start, this, done, open, order);
    this.#nodes.clear();
    for (const node of order) this.#nodes.add(node);
  }
}

function isSorted(graph: Graph): boolean {
  const seen = new Set<Node>();
  for (const node of graph.nodes) {
    if (!readsOnly(seen, node, graph)) return false;
    seen.add(node);
  }
  return true;
}

/** Whether what `node`, or a subgraph inside it, reads of `graph` is made by the nodes seen. */
function readsOnly(seen: ReadonlySet<Node>, node: Node, graph: Graph): boolean {
  const isMade = (value: Value | undefined) => value?.producer?.graph !== graph || seen.has(value.producer);
  if (!node.inputs.every(isMade)) return false;
  for (const subgraph of node.subgraphs()) {
    if (!subgraph.outputs.every(isMade)) return false;
    for (const inner of subgraph.nodes) if (!readsOnly(seen, inner, graph)) return false;
  }
  return true;
}

/** Depth-first, iterative: nets are deep. Cycles are impossible in a graph that passed the checker. */
function visit(start: Node, graph: Graph, done: Set<Node>, open: Set<Node>, order: Node[]): void {
  const stack = [start];
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (done.has(node)) {
      stack.pop();
      continue;
    }
    const missing = open.has(node) ? [] : [...producersIn(node, graph)].filter((p) => !done.has(p));
    open.add(node);
    if (missing.length === 0) {
      done.add(node);
      order.push(node);
      stack.pop();
    } else {
      for (const producer of missing.reverse()) {
        check(!open.has(producer), () => `cycle through node "${producer.name}" (${producer.opType})`);
        stack.push(producer);
      }
    }
  }
}

/** The nodes of `graph` whose outputs `node`, or a subgraph inside it, reads. */
export function producersIn(node: Node, graph: Graph, found = new Set<Node>()): Set<Node> {
  const note = (value: Value | undefined): void => {
    if (value?.producer?.graph === graph) found.add(value.producer);
  };
  for (const value of node.inputs) note(value);
  for (const subgraph of node.subgraphs()) {
    for (const inner of subgraph.nodes) producersIn(inner, graph, found);
    for (const value of subgraph.outputs) note(value);
  }
  return found;
}

/** Every value named in the graph or its subgraphs. */
export function* valuesOf(graph: Graph): Iterable<Value> {
  yield* graph.inputs;
  yield* graph.initializers;
  yield* graph.outputs;
  for (const node of graph.nodes) yield* valuesOfNode(node);
}

function* valuesOfNode(node: Node): Iterable<Value> {
  for (const value of node.inputs) if (value) yield value;
  for (const value of node.outputs) if (value) yield value;
  for (const subgraph of node.subgraphs()) yield* valuesOf(subgraph);
}
