import { Value } from '../../onnx/ir/value.ts';
import type { GradientRule, GradientRules } from '../gradient.ts';
import { zeros } from './gathering.ts';

/** What was chosen goes back to the place it came from; the forward node is given the places where it has none. */
const topK: GradientRule = (context) => {
  const { node, write } = context;
  let places = node.outputs[1];
  if (!places) {
    places = new Value(write.graph.freshName(`${node.output.name}/places`));
    node.setOutputs([node.output, places]);
  }
  const inputs = [zeros(write, context.inputShape(0)), places, context.gradient(0)!];
  return [write.op('ScatterElements', inputs, { axis: node.int('axis') ?? -1 })];
};

/** What was cut to 0 gets none. */
const trilu: GradientRule = (context) => [
  context.write.op('Trilu', [context.gradient(0)!, context.node.inputs[1]], {
    upper: context.node.int('upper') ?? 1,
  }),
];

/** Reversing is its own inverse. */
const reverseSequence: GradientRule = (context) => {
  const { node, write } = context;
  const attributes = { batch_axis: node.int('batch_axis') ?? 1, time_axis: node.int('time_axis') ?? 0 };
  return [write.op('ReverseSequence', [context.gradient(0)!, context.input(1)], attributes)];
};

export const rankingGradients: GradientRules = { TopK: topK, Trilu: trilu, ReverseSequence: reverseSequence };
