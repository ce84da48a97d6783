import type { Tensor } from '../base/tensor.ts';
import { type DataTypeFacts, dataTypes } from '../tensor/data-types.ts';
import { elementCount } from '../tensor/element-count.ts';
import type { ModelInput } from './bind-inputs.ts';
import { stateTooLarge, stateWithoutZero } from './errors.ts';

/** Bound on the numbers of one state: 2^26 of float32 are 256 MiB. */
const MAX_ELEMENTS = 2 ** 26;

/**
 * Zeros of the input's shape, unknown lengths being 1: what a state is before the first step where nothing else is said.
 * Throws a PareError for element types that have no zeros of their own. `where` is the data set's name.
 */
export function initialState({ name, shape, dtype }: ModelInput, where: string): Tensor {
  const known: Readonly<Record<string, DataTypeFacts>> = dataTypes;
  const facts = Object.hasOwn(known, dtype) ? known[dtype] : undefined;
  // Packed and complex elements are not one array entry each.
  if (!facts?.array || facts.bits !== 8 * facts.array.BYTES_PER_ELEMENT)
    throw stateWithoutZero(where, name, dtype);
  const lengths = shape.map((length) => (typeof length === 'string' ? 1 : length));
  const count = elementCount(lengths);
  if (count > MAX_ELEMENTS) throw stateTooLarge(where, name, lengths);
  const { array } = facts;
  const data = new array(new ArrayBuffer(count * array.BYTES_PER_ELEMENT), 0, count);
  // A key of dataTypes, as just seen.
  return { dtype: dtype as keyof typeof dataTypes, shape: lengths, data };
}
