import { dataTypeOfCode } from '../tensor/data-types.ts';
import type { InferenceContext, Op } from './op.ts';

function inferShape({ node, type }: InferenceContext) {
  const rank = type(0)?.shape?.length;
  if (rank === undefined) return [];
  const start = Math.min(Math.max(node.int('start') ?? 0, -rank), rank);
  const end = Math.min(Math.max(node.int('end') ?? rank, -rank), rank);
  const length = Math.max(0, (end < 0 ? end + rank : end) - (start < 0 ? start + rank : start));
  return [{ kind: 'tensor' as const, dtype: 'int64' as const, shape: [length] }];
}

function inferConstant({ node }: InferenceContext) {
  const attribute = node.attributes.get('value');
  if (attribute?.type !== 'TENSOR') return [];
  return [{ kind: 'tensor' as const, dtype: attribute.value.dtype, shape: attribute.value.shape }];
}

function inferCast({ node, type }: InferenceContext) {
  const data = type(0);
  const dtype = dataTypeOfCode(node.int('to') ?? 0);
  return data && dtype ? [{ ...data, dtype }] : [];
}

export const shapeArithmeticOps: readonly Op[] = [
  { type: 'Shape', domain: '', infer: inferShape },
  { type: 'Constant', domain: '', infer: inferConstant },
  { type: 'Cast', domain: '', infer: inferCast },
];
