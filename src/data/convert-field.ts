import type { Tensor } from '../base/tensor.ts';
import { elementCount } from '../tensor/element-count.ts';
import { fieldNotNumeric, fieldShapeMismatch } from './errors.ts';
import type { FieldOptions } from './field-options.ts';
import type { NumberType } from './number-types.ts';
import { numbersOfTensor } from './numbers-of-tensor.ts';
import { tensorOfNumbers } from './tensor-of-numbers.ts';

/**
 * One field of one sample as its options say. Throws a PareError where it holds no numbers to calculate with, or not as
 * many elements as the shape. `where` is the data set's name.
 */
export function convertField(tensor: Tensor, options: FieldOptions, field: string, where: string): Tensor {
  const converted = convertElements(tensor, options, field, where);
  const { shape } = options;
  if (shape === undefined) return converted;
  if (elementCount(shape) !== elementCount(tensor.shape))
    throw fieldShapeMismatch(where, field, shape, tensor.shape);
  return { ...converted, shape };
}

function convertElements(tensor: Tensor, options: FieldOptions, field: string, where: string): Tensor {
  const { scale, mean, std } = options;
  const isScaled = scale !== 1 || mean !== 0 || std !== 1;
  if (!isScaled && (options.dtype === undefined || options.dtype === tensor.dtype)) return tensor;
  const values = numbersOfTensor(tensor);
  if (!values) throw fieldNotNumeric(where, field, tensor.dtype);
  const dtype: NumberType = options.dtype ?? (tensor.dtype === 'double' ? 'double' : 'float');
  const scaled = isScaled ? Float64Array.from(values, (value) => (value * scale - mean) / std) : values;
  return tensorOfNumbers(dtype, tensor.shape, scaled);
}
