import { notConstant } from '../errors.ts';
import type { GradientContext } from '../gradient.ts';

/** The elements of an integer input without which a gradient cannot be written. */
export function constantIntegers(context: GradientContext, input: number): readonly number[] {
  const values = context.integers(input);
  if (!values) throw notConstant(context.node.name || context.node.output.name, context.node.opType, input);
  return values;
}
