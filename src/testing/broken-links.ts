import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';

/** Every place where the two ends of an edge disagree: a read that its value does not know of, and the reverse. */
export function brokenLinks(graph: Graph): string[] {
  const broken: string[] = [];
  const reads = new Map<Value, Set<string>>();
  const numbers = new Map<Node, number>();
  const place = (node: Node, index: number) => `${numbers.get(node) ?? 'a foreign node'}.${index}`;
  const values = new Set<Value>();
  for (const inner of subgraphDepthFirst(graph)) {
    for (const value of [...inner.inputs, ...inner.outputs, ...inner.initializers]) values.add(value);
    for (const node of inner.nodes) {
      numbers.set(node, numbers.size);
      if (node.graph !== inner) broken.push(`${node.opType} does not know its graph`);
      node.inputs.forEach((value, index) => {
        if (!value) return;
        values.add(value);
        reads.set(value, (reads.get(value) ?? new Set()).add(place(node, index)));
      });
      for (const value of node.outputs) {
        if (!value) continue;
        values.add(value);
        if (value.producer !== node) broken.push(`"${value.name}" does not know its producer`);
      }
    }
    for (const node of inner.nodes)
      for (const body of node.subgraphs())
        if (body.owner !== node) broken.push(`a body of ${node.opType} does not know its owner`);
  }
  for (const value of values) {
    const known = value.uses.map(({ node, index }) => place(node, index)).sort();
    const real = [...(reads.get(value) ?? [])].sort();
    if (known.join() !== real.join())
      broken.push(`"${value.name}" is read at [${real}], but knows [${known}]`);
    if (value.producer && !value.producer.outputs.includes(value)) {
      broken.push(`"${value.name}" is not made by its producer`);
    }
  }
  return broken;
}
