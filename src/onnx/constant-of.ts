import type { TensorSource } from './ir/tensor-source.ts';
import type { Value } from './ir/value.ts';

/** The constant a value stands for, be it an initializer or the output of a Constant node; undefined otherwise. */
export function constantOf(value: Value): TensorSource | undefined {
  if (value.initializer) return value.initializer;
  const { producer } = value;
  if (producer?.opType !== 'Constant' || producer.domain !== '') return undefined;
  const attribute = producer.attributes.get('value');
  return attribute?.type === 'TENSOR' ? attribute.value : undefined;
}
