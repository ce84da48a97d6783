import type { GradientRule, GradientRules } from '../gradient.ts';

/** Pairs of elements are turned by an angle; the gradient is turned back, by the negative one. The angles are not learned. */
const rotaryEmbedding: GradientRule = (context) => {
  const { node, write } = context;
  const inputs = [
    context.gradient(0)!,
    context.input(1),
    write.op('Neg', [context.input(2)]),
    node.inputs[3],
  ];
  return [write.op('RotaryEmbedding', inputs, Object.fromEntries(node.attributes))];
};

export const rotationGradients: GradientRules = { RotaryEmbedding: rotaryEmbedding };
