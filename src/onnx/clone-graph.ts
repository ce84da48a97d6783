import type { Attribute } from './ir/attribute.ts';
import { Graph } from './ir/graph.ts';
import { Node } from './ir/node.ts';
import { Value } from './ir/value.ts';

/**
 * A graph of its own nodes and values; the lazy tensors are shared. `values` says which values stand for others in the
 * copy, and gets the copies of all the rest.
 */
export function cloneGraph(graph: Graph, values: Map<Value, Value> = new Map()): Graph {
  const twin = (value: Value): Value => {
    let copy = values.get(value);
    if (!copy) {
      copy = new Value(value.name, value.type, value.initializer);
      copy.docString = value.docString;
      copy.foreign = value.foreign;
      for (const [key, text] of value.metadata) copy.metadata.set(key, text);
      values.set(value, copy);
    }
    return copy;
  };
  const copy = new Graph(graph.name);
  copy.docString = graph.docString;
  copy.foreign = graph.foreign;
  for (const [key, text] of graph.metadata) copy.metadata.set(key, text);
  copy.inputs = graph.inputs.map(twin);
  for (const value of graph.initializers) copy.adoptInitializer(twin(value));
  for (const node of graph.nodes) copy.add(cloneNode(node, twin, values));
  copy.outputs = graph.outputs.map(twin);
  return copy;
}

function cloneNode(node: Node, twin: (value: Value) => Value, values: Map<Value, Value>): Node {
  const copy = new Node({
    opType: node.opType,
    domain: node.domain,
    name: node.name,
    inputs: node.inputs.map((value) => value && twin(value)),
    outputs: node.outputs.map((value) => value && twin(value)),
    attributes: [...node.attributes].map(
      ([name, attribute]) => [name, cloneAttribute(attribute, values)] as const,
    ),
  });
  copy.overload = node.overload;
  copy.docString = node.docString;
  copy.foreign = node.foreign;
  for (const [key, text] of node.metadata) copy.metadata.set(key, text);
  return copy;
}

function cloneAttribute(attribute: Attribute, values: Map<Value, Value>): Attribute {
  if (attribute.type === 'GRAPH') return { ...attribute, value: cloneGraph(attribute.value, values) };
  if (attribute.type !== 'GRAPHS') return attribute;
  return { ...attribute, value: attribute.value.map((graph) => cloneGraph(graph, values)) };
}
