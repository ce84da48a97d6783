import type { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { depthwiseTrainingForm } from './depthwise-training-form.ts';
import { toDifferentiableForm } from './differentiable-form.ts';
import { GraphWriter } from './graph-writer.ts';

/** A running statistic that a node in training form renews after each step. */
export interface RunningStatistic {
  readonly current: Value;
  /** The batch's own statistic; the running one becomes momentum · current + (1 − momentum) · batch. */
  readonly batch: Value;
  readonly momentum: number;
}

/** What a node in training form needs from, and gives to, whoever runs the steps. */
export interface TrainingForm {
  readonly statistics: readonly RunningStatistic[];
  /** Values that want uniform random numbers in [0, 1) at each step, of these shapes. */
  readonly noise: readonly { readonly value: Value; readonly shape: readonly number[] }[];
}

/**
 * Turns a node into the form it has in training, in place. Nodes of other operators stay as they are.
 * @param shapeOf the fixed shape of a value
 * @param options keepsConvolutions: no products in their place, which suit standard operators
 */
export function toTrainingForm(
  node: Node,
  shapeOf: (value: Value) => readonly number[],
  { keepsConvolutions = false }: { keepsConvolutions?: boolean } = {},
): TrainingForm {
  if (toDifferentiableForm(node, shapeOf)) return { statistics: [], noise: [] };
  if (!keepsConvolutions && depthwiseTrainingForm(node, shapeOf)) return { statistics: [], noise: [] };
  const form = node.domain === '' ? forms[node.opType]?.(node, shapeOf) : undefined;
  return { statistics: form?.statistics ?? [], noise: form?.noise ?? [] };
}

type Form = (node: Node, shapeOf: (value: Value) => readonly number[]) => Partial<TrainingForm>;

const forms: Readonly<Record<string, Form>> = {
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
    return { statistics: outputs.map((batch, i) => ({ current: node.inputs[3 + i]!, batch, momentum })) };
  },

  /**
   * x · [noise ≥ ratio] / (1 − ratio). The noise is given from outside, for the engine's own is drawn from a state that no
   * checkpoint can hold.
   */
  Dropout(node, shapeOf) {
    const graph = node.graph!;
    const [data, ratio] = node.inputs;
    // Of the output: another Dropout in front may have been replaced already.
    const shape = shapeOf(node.output);
    const { output } = node;
    const write = new GraphWriter(graph);
    const noise = new Value(graph.freshName(`${output.name}/noise`));
    const dropped = ratio ?? write.scalar(node.float('ratio') ?? 0.5);
    const kept = write.cast(write.op('GreaterOrEqual', [noise, dropped]), 'float');
    const mask = write.op('Div', [kept, write.op('Sub', [write.scalar(1), dropped])]);
    const result = write.op('Mul', [data, mask]);
    output.replaceUses(result);
    graph.outputs = graph.outputs.map((value) => (value === output ? result : value));
    graph.remove(node);
    return { noise: [{ value: noise, shape }] };
  },
};
