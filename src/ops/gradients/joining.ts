import { elementCount } from '../../tensor/element-count.ts';
import type { GradientRule, GradientRules } from '../gradient.ts';
import { normalizeAxis } from '../normalize-axis.ts';

const concat: GradientRule = (context) => {
  const { node, write } = context;
  const axis = normalizeAxis(node.int('axis') ?? 0, context.outputShape(0).length);
  const lengths = node.inputs.map((_, i) => context.inputShape(i)[axis]);
  if (lengths.length === 1) return [context.gradient(0)];
  return write.ops('Split', [context.gradient(0)!, write.ints(lengths)], lengths.length, { axis });
};

/** Parts nobody reads contribute zeros. */
const split: GradientRule = (context) => {
  const { node, write } = context;
  const axis = normalizeAxis(node.int('axis') ?? 0, context.inputShape(0).length);
  const parts = node.outputs.map((value, i) => {
    const shape = value ? context.outputShape(i) : undefined;
    return (
      context.gradient(i) ??
      (shape && write.constant({ dtype: 'float', shape, data: new Float32Array(elementCount(shape)) }))
    );
  });
  return [write.op('Concat', parts, { axis })];
};

export const joiningGradients: GradientRules = { Concat: concat, Split: split };
