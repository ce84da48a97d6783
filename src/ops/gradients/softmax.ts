import type { GradientRule, GradientRules } from '../gradient.ts';
import { normalizeAxis } from '../normalize-axis.ts';

/** dx = y · (dy − Σ dy·y) */
const softmax: GradientRule = (context) => {
  const { write, node } = context;
  const axis = normalizeAxis(node.int('axis') ?? -1, context.inputShape(0).length);
  const dy = context.gradient(0)!;
  const mean = write.sum(write.op('Mul', [dy, node.output]), [axis]);
  return [write.op('Mul', [node.output, write.op('Sub', [dy, mean])])];
};

/** dx = dy − eʸ · Σ dy */
const logSoftmax: GradientRule = (context) => {
  const { write, node } = context;
  const axis = normalizeAxis(node.int('axis') ?? -1, context.inputShape(0).length);
  const dy = context.gradient(0)!;
  const share = write.op('Mul', [write.op('Exp', [node.output]), write.sum(dy, [axis])]);
  return [write.op('Sub', [dy, share])];
};

export const softmaxGradients: GradientRules = { Softmax: softmax, LogSoftmax: logSoftmax };
