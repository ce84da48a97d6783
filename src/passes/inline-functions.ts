import { cloneGraph } from '../onnx/clone-graph.ts';
import type { Attribute } from '../onnx/ir/attribute.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model, ModelFunction } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { makeNamesUnique } from './make-names-unique.ts';
import { meansTheSame } from './means-the-same.ts';
import { nodeName } from './node-name.ts';
import type { Pass } from './pass.ts';

/** A few short functions that call one another can stand for more nodes than memory holds; further calls stay. */
const MAX_NODES = 50_000;

/** Calls of the model's own functions become what the functions are made of; functions nothing calls any more go. */
export const inlineFunctions: Pass = {
  name: 'inline-functions',
  summary: "writes the model's own functions out where they are called",
  async run(model) {
    if (model.functions.length === 0) return 0;
    const functions = new Functions(model);
    let left = MAX_NODES;
    let changes = 0;
    const calls = nodesIn(model.graph);
    for (let call = calls.pop(); call; call = calls.pop()) {
      const fn = functions.calledBy(call);
      if (!fn || !functions.canInline(fn)) continue;
      const size = nodesIn(fn.graph).length;
      if (size > left) continue;
      left -= size;
      calls.push(...inline(call, fn, model));
      changes++;
    }
    if (changes > 0) makeNamesUnique(model.graph);
    return changes + removeUncalled(model, functions);
  },
};

class Functions {
  readonly #model: Model;
  readonly #byName: ReadonlyMap<string, ModelFunction>;
  readonly #canInline = new Map<ModelFunction, boolean>();

  constructor(model: Model) {
    this.#model = model;
    this.#byName = new Map(model.functions.map((fn) => [key(fn.domain, fn.name, fn.overload), fn]));
  }

  calledBy({ domain, opType, overload }: Node): ModelFunction | undefined {
    return this.#byName.get(key(domain, opType, overload));
  }

  canInline(fn: ModelFunction): boolean {
    let answer = this.#canInline.get(fn);
    if (answer === undefined) {
      // One that calls itself, which ONNX forbids, has no end.
      answer = meansTheSame(fn, this.#model) && !this.reachedFrom(fn.graph).has(fn);
      this.#canInline.set(fn, answer);
    }
    return answer;
  }

  /** Functions that nodes of a graph call, and those these call. */
  reachedFrom(graph: Graph): ReadonlySet<ModelFunction> {
    const reached = new Set<ModelFunction>();
    const graphs = [graph];
    for (let next = graphs.pop(); next; next = graphs.pop()) {
      for (const node of nodesIn(next)) {
        const fn = this.calledBy(node);
        if (!fn || reached.has(fn)) continue;
        reached.add(fn);
        graphs.push(fn.graph);
      }
    }
    return reached;
  }
}

function key(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** Those of bodies as well. */
function nodesIn(graph: Graph): Node[] {
  return [...subgraphDepthFirst(graph)].flatMap(({ nodes }) => [...nodes]);
}

/** Gives back the nodes that took the call's place. */
function inline(call: Node, fn: ModelFunction, model: Model): Node[] {
  const { graph } = call;
  if (!graph) return [];
  const missing: Value[] = [];
  const values = new Map<Value, Value>();
  for (const [i, parameter] of fn.graph.inputs.entries()) {
    const given = call.inputs[i];
    const value = given ?? new Value(parameter.name);
    if (!given) missing.push(value);
    values.set(parameter, value);
  }
  const body = cloneGraph(fn.graph, values);
  const nodes = nodesIn(body);
  for (const node of nodes) {
    resolveAttributes(node, call, fn);
    if (node.name !== '') node.name = `${nodeName(call)}/${node.name}`;
  }
  for (const value of missing) for (const { node, index } of value.uses) node.setInput(index, undefined);
  const outputs = [...call.outputs];
  graph.takeOver(body);
  graph.remove(call);
  for (const [i, output] of outputs.entries()) {
    const input = body.outputs[i];
    if (output && input) graph.add(new Node({ opType: 'Identity', inputs: [input], outputs: [output] }));
  }
  for (const [domain, version] of fn.opsetImports)
    if (!model.opsetImports.has(domain)) model.opsetImports.set(domain, version);
  return nodes;
}

/** A reference stands for the call's attribute, else the function's default; without both the attribute is absent. */
function resolveAttributes(node: Node, call: Node, fn: ModelFunction): void {
  for (const [name, attribute] of [...node.attributes]) {
    if (attribute.type !== 'REFERENCE') continue;
    const given = call.attributes.get(attribute.name) ?? fn.attributeDefaults.get(attribute.name);
    if (given) node.attributes.set(name, ownGraphs(given));
    else node.attributes.delete(name);
    for (const subgraph of node.subgraphs()) subgraph.owner = node;
  }
}

/** A graph belongs to one node. */
function ownGraphs(attribute: Attribute): Attribute {
  if (attribute.type === 'GRAPH') return { ...attribute, value: cloneGraph(attribute.value) };
  if (attribute.type !== 'GRAPHS') return attribute;
  return { ...attribute, value: attribute.value.map((graph) => cloneGraph(graph)) };
}

/** With imports of domains that held nothing else. */
function removeUncalled(model: Model, functions: Functions): number {
  const called = functions.reachedFrom(model.graph);
  const removed = model.functions.filter((fn) => !called.has(fn));
  model.functions = model.functions.filter((fn) => called.has(fn));
  const graphs = [model.graph, ...model.functions.map(({ graph }) => graph)];
  const domains = new Set(graphs.flatMap(nodesIn).map(({ domain }) => domain));
  for (const { domain } of removed)
    if (domain !== '' && !domains.has(domain)) model.opsetImports.delete(domain);
  return removed.length;
}
