import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';

/**
 * Moves clamps (Relu, Clip) from behind operators that only move elements (MaxPool, Reshape …) to the layer in front of
 * them: conv → pool → relu becomes conv → relu → pool, which gives the same values, for clamping keeps the order of
 * numbers. Only there can saturation, or the fusion of a float layer, do the clamp's work. Returns how many moved.
 */
export function hoistClamps(graph: Graph): number {
  let moved = 0;
  for (const clamp of [...graph.nodes]) {
    if (opOf(clamp)?.role?.kind !== 'clamp') continue;
    const movers = moversBefore(clamp, graph);
    if (movers.length === 0 || !isLayer(movers[0].inputs[0]?.producer)) continue;
    hoist(graph, clamp, movers);
    moved++;
  }
  graph.sort();
  return moved;
}

/** The chain of movers that ends at the clamp, first one first; each is read by the next alone. */
function moversBefore(clamp: Node, graph: Graph): Node[] {
  const chain: Node[] = [];
  for (let value = clamp.inputs[0]; value && isPrivate(value, graph); value = chain[0].inputs[0]) {
    const role = opOf(value.producer!)?.role;
    // What is filled in behind the clamp would have been clamped; interpolations do not commute with it.
    if (role?.kind !== 'pass' || role.fill !== undefined || role.refuses?.(value.producer!)) return chain;
    chain.unshift(value.producer!);
  }
  // The layer's output has other readers, which want it as it is.
  return [];
}

/** Made by a node of this graph with no other output, and read once. */
function isPrivate(value: Value, graph: Graph): boolean {
  const { producer } = value;
  if (producer?.graph !== graph || value.uses.length !== 1 || graph.outputs.includes(value)) return false;
  return producer.outputs.filter((output) => output).length === 1;
}

function isLayer(node: Node | undefined): boolean {
  const kind = node && opOf(node)?.role?.kind;
  return kind === 'weighted' || kind === 'computed';
}

function hoist(graph: Graph, clamp: Node, movers: readonly Node[]): void {
  const { output } = clamp;
  const data = movers[0].inputs[0]!;
  const clamped = new Value(graph.freshName(`${data.name}/clamped`), data.type);
  clamp.setInput(0, data);
  clamp.setOutputs([clamped]);
  movers[0].setInput(0, clamped);
  movers[movers.length - 1].setOutputs([output]);
}
