import type { DataType } from '../base/tensor.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import { axesKept } from './axes-kept.ts';
import type { InferenceContext, Op } from './op.ts';
import { tensorType } from './tensor-type.ts';

/** Part of the shape that a Shape node gives, from `start` to `end`. */
function partOf({ node, type }: InferenceContext) {
  const shape = type(0)?.shape;
  if (!shape) return undefined;
  const clamp = (i: number) => Math.min(Math.max(i < 0 ? i + shape.length : i, 0), shape.length);
  return shape.slice(clamp(node.int('start') ?? 0), clamp(node.int('end') ?? shape.length));
}

function sizeElements({ type }: InferenceContext) {
  const shape = type(0)?.shape;
  return shape?.every((n) => typeof n === 'number') ? [shape.reduce((a, b) => a * b, 1)] : undefined;
}

function inferConstant({ node }: InferenceContext) {
  for (const attribute of node.attributes.values()) {
    if (attribute.type === 'TENSOR') return [tensorType(attribute.value.dtype, attribute.value.shape)];
    if (attribute.type === 'INT') return [tensorType('int64', [])];
    if (attribute.type === 'FLOAT') return [tensorType('float', [])];
    if (attribute.type === 'STRING') return [tensorType('string', [])];
    if (attribute.type === 'INTS') return [tensorType('int64', [attribute.value.length])];
    if (attribute.type === 'FLOATS') return [tensorType('float', [attribute.value.length])];
    if (attribute.type === 'STRINGS') return [tensorType('string', [attribute.value.length])];
  }
  return [];
}

function constantElements({ node }: InferenceContext) {
  const single = node.int('value_int');
  return node.ints('value_ints') ?? (single === undefined ? undefined : [single]);
}

function inferCast({ node, type }: InferenceContext) {
  const data = type(0);
  const dtype = dataTypeOfCode(node.int('to') ?? 0);
  return data && dtype ? [{ ...data, dtype }] : [];
}

/** Largest magnitude up to which a type holds every integer. */
const exactUpTo: Partial<Record<DataType, number>> = {
  int64: Number.MAX_SAFE_INTEGER,
  int32: 2 ** 31 - 1,
  double: Number.MAX_SAFE_INTEGER,
  float: 2 ** 24,
};

/** Integers stay what they are where the type holds them. */
function castElements({ node, dims }: InferenceContext) {
  const dtype = dataTypeOfCode(node.int('to') ?? 0);
  const limit = dtype && exactUpTo[dtype];
  if (limit === undefined) return undefined;
  return dims(0)?.map((n) => (typeof n === 'number' && Math.abs(n) > limit ? null : n));
}

export const shapeArithmeticOps: readonly Op[] = [
  {
    type: 'Shape',
    domain: '',
    infer: (context) => {
      const part = partOf(context);
      return [tensorType('int64', [part?.length ?? null])];
    },
    elements: partOf,
  },
  { type: 'Size', domain: '', infer: () => [tensorType('int64', [])], elements: sizeElements },
  { type: 'Constant', domain: '', infer: inferConstant, elements: constantElements },
  {
    type: 'Cast',
    domain: '',
    infer: inferCast,
    elements: castElements,
    axes: (context) => axesKept(context),
  },
  {
    type: 'CastLike',
    domain: '',
    infer: ({ type }) => {
      const [data, like] = [type(0), type(1)];
      return [data && like && { ...data, dtype: like.dtype }];
    },
    axes: (context) => axesKept(context),
  },
  {
    // The bits stay, so the last axis does where the types are of one width; others are not told.
    type: 'BitCast',
    domain: '',
    infer: inferCast,
    axes: (context) => axesKept(context),
  },
];
