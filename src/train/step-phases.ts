import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { stepNames } from './step-names.ts';

export type StepPhase = 'forward' | 'backward' | 'update';

/** Inputs that the forward pass and the gradients read; others belong to the update. */
const READ_EARLY: readonly string[] = [
  stepNames.parameters,
  stepNames.noise,
  stepNames.target,
  stepNames.sampleWeights,
];

/**
 * Which part of a step each node belongs to: forward leads to the loss; update reads the flat gradient or a state of its
 * own; what is left is backward.
 * @param graph sorted
 */
export function stepPhases(graph: Graph, isFlat: (value: Value) => boolean): Map<Node, StepPhase> {
  const forward = nodesBehind(graph.outputs.find(({ name }) => name === stepNames.loss));
  const ownStates = graph.inputs.filter(({ name }) => name.startsWith('pare.') && !READ_EARLY.includes(name));
  const late = new Set(ownStates);
  const phases = new Map<Node, StepPhase>();
  for (const node of graph.nodes) {
    const isLate = !forward.has(node) && node.inputs.some((value) => value && late.has(value));
    phases.set(node, forward.has(node) ? 'forward' : isLate ? 'update' : 'backward');
    for (const value of node.outputs)
      if (value && !forward.has(node) && (isLate || isFlat(value))) late.add(value);
  }
  return phases;
}

/** All that a value depends on. */
function nodesBehind(value: Value | undefined): Set<Node> {
  const found = new Set<Node>();
  const open = [value?.producer];
  while (open.length > 0) {
    const node = open.pop();
    if (!node || found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) open.push(input?.producer);
  }
  return found;
}
