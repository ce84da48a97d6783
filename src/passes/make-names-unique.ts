import { type Graph, valuesOf } from '../onnx/ir/graph.ts';
import type { Value } from '../onnx/ir/value.ts';

/** Gives values of equal names, in a main graph and all bodies, names of their own. Those of the interface stay. */
export function makeNamesUnique(graph: Graph): void {
  const owners = new Map<string, Value>();
  for (const value of [...graph.inputs, ...graph.outputs]) owners.set(value.name, value);
  for (const value of valuesOf(graph)) {
    const owner = owners.get(value.name);
    if (owner && owner !== value) value.name = graph.freshName(value.name);
    else owners.set(value.name, value);
  }
}
