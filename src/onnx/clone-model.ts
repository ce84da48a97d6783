import type { Attribute } from './ir/attribute.ts';
import { Graph } from './ir/graph.ts';
import { Model } from './ir/model.ts';
import { Node } from './ir/node.ts';
import { Value } from './ir/value.ts';

/**
 * A model of its own nodes and values; the lazy tensors are shared, so the original must stay open. Functions are
 * shared too: passes do not change them.
 */
export function cloneModel(model: Model): Model {
  const copy = new Model(cloneGraph(model.graph, new Map()));
  copy.irVersion = model.irVersion;
  copy.producerName = model.producerName;
  copy.producerVersion = model.producerVersion;
  copy.domain = model.domain;
  copy.modelVersion = model.modelVersion;
  copy.docString = model.docString;
  copy.foreign = model.foreign;
  copy.functions = [...model.functions];
  for (const [key, value] of model.metadata) copy.metadata.set(key, value);
  for (const [domain, version] of model.opsetImports) copy.opsetImports.set(domain, version);
  return copy;
}

function cloneGraph(graph: Graph, values: Map<Value, Value>): Graph {
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
