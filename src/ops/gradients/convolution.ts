import type { Value } from '../../onnx/ir/value.ts';
import type { GradientRule, GradientRules } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { attributesOf, type ConvolutionFacts } from './convolution-facts.ts';
import { windowOf } from './window.ts';

const conv: GradientRule = (context) => {
  const { write, node, wants } = context;
  const [shape, weightShape, result] = [context.inputShape(0), context.inputShape(1), context.outputShape(0)];
  const window = windowOf(context, shape.slice(2), result.slice(2), weightShape.slice(2));
  const groups = node.int('group') ?? 1;
  const facts = { window, groups, batch: shape[0], inputs: shape[1], outputs: weightShape[0] };
  const dy = context.gradient(0)!;
  return [
    wants(0) ? inputGradient(write, dy, context.input(1), facts) : undefined,
    wants(1) ? weightGradient(write, dy, context.input(0), facts) : undefined,
    wants(2) ? write.sum(dy, [0, ...shape.slice(2).map((_, i) => i + 2)], false) : undefined,
  ];
};

/** The adjoint of a convolution from its output to its input: both gradients exchange their parts. */
const convTranspose: GradientRule = (context) => {
  const { write, node, wants } = context;
  const [shape, weightShape, result] = [context.inputShape(0), context.inputShape(1), context.outputShape(0)];
  const window = windowOf(context, result.slice(2), shape.slice(2), weightShape.slice(2));
  const groups = node.int('group') ?? 1;
  const [batch, channels] = shape;
  const dy = context.gradient(0)!;
  const facts = { window, groups, batch, inputs: result[1], outputs: channels };
  const spread = () => {
    const { kernel, strides, dilations, begins, ends } = window;
    const cut = [...begins, ...ends].map((n) => Math.min(n, 0));
    const rank = kernel.length;
    const source = cut.every((n) => n === 0)
      ? dy
      : write.op('Pad', [dy, write.ints([0, 0, ...cut.slice(0, rank), 0, 0, ...cut.slice(rank)])]);
    const pads = [...begins, ...ends].map((n) => Math.max(n, 0));
    return write.op('Conv', [source, context.input(1)], {
      kernel_shape: kernel,
      strides,
      dilations,
      group: groups,
      pads,
    });
  };
  return [
    wants(0) ? spread() : undefined,
    wants(1) ? weightGradient(write, context.input(0), dy, facts) : undefined,
    wants(2) ? write.sum(dy, [0, ...shape.slice(2).map((_, i) => i + 2)], false) : undefined,
  ];
};

export const convolutionGradients: GradientRules = { Conv: conv, ConvTranspose: convTranspose };

/** dL/dX, [N, C, wide …]. */
function inputGradient(write: GraphWriter, dy: Value, weight: Value, facts: ConvolutionFacts): Value {
  const shape = [facts.batch, facts.inputs, ...facts.window.wide];
  return write.composite('ConvolutionInputGradient', [dy, weight], [shape], attributesOf(facts))[0];
}

/** dL/dW, [O, C / groups, kernel …]. */
function weightGradient(write: GraphWriter, dy: Value, x: Value, facts: ConvolutionFacts): Value {
  const { inputs, outputs, groups, window } = facts;
  const shape = [outputs, inputs / groups, ...window.kernel];
  return write.composite('ConvolutionWeightGradient', [dy, x], [shape], attributesOf(facts))[0];
}
