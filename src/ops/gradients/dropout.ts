import { Value } from '../../onnx/ir/value.ts';
import type { GradientRule, GradientRules } from '../gradient.ts';

/** The mask that the forward node used, which it is made to hand out, over 1 − ratio; the identity outside training. */
const dropout: GradientRule = (context) => {
  const { node, write } = context;
  const dy = context.gradient(0)!;
  if (!node.inputs[2]) return [dy];
  let mask = node.outputs[1];
  if (!mask) {
    mask = new Value(write.graph.freshName(`${node.output.name}/mask`));
    node.setOutputs([node.output, mask]);
  }
  const kept = write.op('Mul', [dy, write.cast(mask, 'float')]);
  const ratio = node.inputs[1] ?? write.scalar(0.5);
  const scaled = write.op('Div', [kept, write.op('Sub', [write.scalar(1), ratio])]);
  return [write.op('Where', [node.inputs[2], scaled, dy])];
};

export const dropoutGradients: GradientRules = { Dropout: dropout };
