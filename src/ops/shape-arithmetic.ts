import type { DataType } from '../base/tensor.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import type { InferenceContext, Op } from './op.ts';

function inferShape({ node, type }: InferenceContext) {
  const rank = type(0)?.shape?.length;
  if (rank === undefined) return [];
  const start = Math.min(Math.max(node.int('start') ?? 0, -rank), rank);
  const end = Math.min(Math.max(node.int('end') ?? rank, -rank), rank);
  const length = Math.max(0, (end < 0 ? end + rank : end) - (start < 0 ? start + rank : start));
  return [tensorType('int64', [length])];
}

function tensorType(dtype: DataType, shape: readonly number[]): TensorType {
  return { kind: 'tensor', dtype, shape };
}

function inferConstant({ node }: InferenceContext) {
  for (const attribute of node.attributes.values()) {
    if (attribute.type === 'TENSOR') return [tensorType(attribute.value.dtype, attribute.value.shape)];
    if (attribute.type === 'INT') return [tensorType('int64', [])];
    if (attribute.type === 'FLOAT') return [tensorType('float', [])];
    if (attribute.type === 'INTS') return [tensorType('int64', [attribute.value.length])];
    if (attribute.type === 'FLOATS') return [tensorType('float', [attribute.value.length])];
  }
  return [];
}

function inferCast({ node, type }: InferenceContext) {
  const data = type(0);
  const dtype = dataTypeOfCode(node.int('to') ?? 0);
  return data && dtype ? [{ ...data, dtype }] : [];
}

export const shapeArithmeticOps: readonly Op[] = [
  { type: 'Shape', domain: '', infer: inferShape },
  {
    type: 'Size',
    domain: '',
    infer: () => [tensorType('int64', [])],
  },
  { type: 'Constant', domain: '', infer: inferConstant },
  { type: 'Cast', domain: '', infer: inferCast },
];
