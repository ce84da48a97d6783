import { elementCount } from '../tensor/element-count.ts';
import type { CostContext } from './op.ts';

/** Each output element sums over (C / group) · kernel products; the weight is [M, C / group, kernel …]. */
export function macsOfConvolution({ inputShape, outputShape }: CostContext, weightIndex = 1): number {
  const weight = inputShape(weightIndex);
  const output = outputShape(0);
  return weight && output ? elementCount(output) * elementCount(weight.slice(1)) : 0;
}
