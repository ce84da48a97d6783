import { windowOf } from '../../ops/gradients/window.ts';
import { convolutionKind, weightLayoutOf } from '../convolution-kind.ts';
import type { Form } from '../form.ts';
import { nchwcConv } from '../nchwc.ts';

/** Y = W ∗ X + b: dense, depthwise, or of a plain first layer with few channels. */
export const convolution: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const [x, weight] = [input(0), input(1)];
  const shape = shapeOf(x);
  const [outputs] = shapeOf(weight);
  if (shape.length !== 4) return false;
  const window = windowOf({ node }, shape.slice(2), shapeOf(node.output).slice(2), shapeOf(weight).slice(2));
  const groups = node.int('group') ?? 1;
  const facts = { window, groups, batch: shape[0], inputs: shape[1], outputs };
  const kind = convolutionKind(facts, values.isBlocked(x), values.block);
  if (!kind || window.begins.some((n) => n < 0)) return false;
  const bias = node.inputs[2];
  const result = nchwcConv(write, {
    x: kind === 'raw' ? x : values.blocked(x),
    weight: values.weight(weight, weightLayoutOf(kind, facts, values.block)),
    bias: bias && values.vector(bias, outputs),
    kernel: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    pads: [...window.begins, ...window.ends.map((n) => Math.max(n, 0))],
    group: kind === 'depthwise' ? values.whole(outputs) : 1,
  });
  context.giveBlocked(0, { value: result, isZeroFilled: true });
  return true;
};
