import type { DataType } from '../base/tensor.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import type { InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

const domain = 'ai.onnx.ml';

/** The type of the labels; version 1 has but a list of texts, for either direction. */
function typeOfLabels({ node, type }: InferenceContext): DataType | undefined {
  const table = node.attributes.get('values_tensor');
  if (table?.type === 'TENSOR') return table.value.dtype;
  if (node.attributes.has('values_strings')) return 'string';
  if (node.attributes.has('values_int64s')) return 'int64';
  if (node.attributes.has('values_floats')) return 'float';
  if (!node.attributes.has('classes_strings')) return undefined;
  return type(0)?.dtype === 'string' ? 'int64' : 'string';
}

function inferLabelEncoder(context: InferenceContext): (TensorType | undefined)[] {
  const dtype = typeOfLabels(context);
  const data = context.type(0);
  return [data && dtype && { ...data, dtype }];
}

/** [samples, targets], in the type of the samples. */
function inferTreeEnsemble({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const data = type(0);
  return [data && { ...data, shape: [data.shape?.[0] ?? null, node.int('n_targets') ?? null] }];
}

/** Operators of ONNX's domain for classical machine learning. */
export const machineLearningOps: readonly Op[] = [
  { type: 'Binarizer', domain, infer: sameAsInput },
  { type: 'LabelEncoder', domain, infer: inferLabelEncoder },
  { type: 'TreeEnsemble', domain, infer: inferTreeEnsemble },
];
