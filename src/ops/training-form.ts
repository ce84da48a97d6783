import type { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';

/** A running statistic that a node in training form renews: `next` replaces `current` after each step. */
export interface RunningStatistic {
  readonly current: Value;
  /** The batch's own statistic; the running one becomes momentum · current + (1 − momentum) · batch. */
  readonly batch: Value;
  readonly momentum: number;
}

/**
 * Turns a node into the form it has in training, in place; returns the running statistics it then renews. Nodes of other
 * operators stay as they are.
 */
export function toTrainingForm(node: Node): RunningStatistic[] {
  return node.domain === '' ? (forms[node.opType]?.(node) ?? []) : [];
}

const forms: Readonly<Record<string, (node: Node) => RunningStatistic[]>> = {
  /**
   * With momentum 0 the further outputs are the batch's mean and (population) variance, which the gradient uses again.
   * Statistics are inputs of their own for each node: the engine writes wrong values where nodes share them
   * (research/training.md §4).
   */
  BatchNormalization(node) {
    const graph = node.graph!;
    const momentum = node.float('momentum') ?? 0.9;
    node.setInt('training_mode', 1).setFloat('momentum', 0);
    const outputs = ['mean', 'variance'].map(
      (part) => new Value(graph.freshName(`${node.output.name}/${part}`)),
    );
    node.setOutputs([node.output, ...outputs]);
    return outputs.map((batch, i) => ({ current: node.inputs[3 + i]!, batch, momentum }));
  },
};
