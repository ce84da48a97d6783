import type { Tensor } from '../base/tensor.ts';
import { elementCount } from '../tensor/element-count.ts';
import type { ConstantOptions } from './field-options.ts';
import { tensorOfNumbers } from './tensor-of-numbers.ts';

/** The tensor a constant of a dataset file describes. */
export function constantTensor({ dtype, shape, value = 0, values }: ConstantOptions): Tensor {
  return tensorOfNumbers(dtype, shape, values ?? new Float64Array(elementCount(shape)).fill(value));
}
