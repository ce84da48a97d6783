import type { DataType } from '../base/tensor.ts';
import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import { axesKept } from './axes-kept.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op } from './op.ts';
import { tensorType } from './tensor-type.ts';

function inferConstantOfShape({ node, integers, dims, type }: InferenceContext) {
  const value = node.attributes.get('value');
  const dtype = value?.type === 'TENSOR' ? value.value.dtype : 'float';
  const rank = type(0)?.shape?.[0];
  const unknown = typeof rank === 'number' ? new Array<Dimension>(rank).fill(null) : undefined;
  return [tensorType(dtype, integers(0) ?? dims(0) ?? unknown)];
}

/** A list of one number, as long as shape arithmetic reckons with lists. */
function elementsOfConstantOfShape({ integers, integerOf }: InferenceContext): number[] | undefined {
  const [shape, value] = [integers(0), integerOf('value')];
  if (!shape || shape.length > 1 || value === undefined) return undefined;
  const length = shape[0] ?? 1;
  return length >= 0 && length <= MAX_RANGE ? new Array<number>(length).fill(value) : undefined;
}

/** Range(start, limit, delta): the length is known where all three are. */
function inferRange(context: InferenceContext) {
  const dtype = context.type(0)?.dtype;
  return dtype ? [tensorType(dtype, [rangeOf(context)?.length ?? symbolicLimit(context)])] : [];
}

/** Undefined where one of the three is unknown, or a fraction, of whose sums rounding could change the length. */
function rangeOf({ integers, numbers }: InferenceContext) {
  const [start, limit, delta] = [0, 1, 2].map((i) => integers(i)?.[0] ?? numbers(i)?.[0]);
  if (start === undefined || limit === undefined || !delta) return undefined;
  if (![start, limit, delta].every(Number.isSafeInteger)) return undefined;
  return { start, delta, length: Math.max(0, Math.ceil((limit - start) / delta)) };
}

/** From 0 in steps of 1 up to a symbol. */
function symbolicLimit({ integers, dims }: InferenceContext): Dimension {
  const [start, delta, limit] = [integers(0)?.[0], integers(2)?.[0], dims(1)?.[0]];
  return start === 0 && delta === 1 && typeof limit === 'string' ? limit : null;
}

function rangeElements(context: InferenceContext): number[] | undefined {
  const range = rangeOf(context);
  if (!range || range.length > MAX_RANGE) return undefined;
  return Array.from({ length: range.length }, (_, i) => range.start + i * range.delta);
}

/** A hostile file must not make inference hold a long list. */
const MAX_RANGE = 65_536;

function inferOneHot({ node, type, integers }: InferenceContext) {
  const [indices, values] = [type(0)?.shape, type(2)];
  if (!indices || !values) return [values && { ...values, shape: undefined }];
  const axis = normalizeAxis(node.int('axis') ?? -1, indices.length + 1);
  const depth = integers(1)?.[0] ?? null;
  return [{ ...values, shape: [...indices.slice(0, axis), depth, ...indices.slice(axis)] }];
}

function stated(node: InferenceContext['node'], fallback: DataType | undefined): DataType | undefined {
  return dataTypeOfCode(node.int('dtype') ?? 0) ?? fallback;
}

/** Looks like input 0 in another element type. */
function like(type: string): Op {
  return {
    type,
    domain: '',
    infer: ({ node, type: typeOf }) => {
      const data = typeOf(0);
      const dtype = stated(node, data?.dtype);
      return [data && dtype && { ...data, dtype }];
    },
    axes: (context) => axesKept(context),
  };
}

function random(type: string): Op {
  return {
    type,
    domain: '',
    keepsItsPlace: true,
    infer: ({ node }) => [tensorType(stated(node, 'float') ?? 'float', node.ints('shape'))],
  };
}

function inferMultinomial({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const batch = type(0)?.shape?.[0] ?? null;
  return [tensorType(stated(node, 'int32') ?? 'int32', [batch, node.int('sample_size') ?? 1])];
}

export const generationOps: readonly Op[] = [
  {
    type: 'ConstantOfShape',
    domain: '',
    infer: inferConstantOfShape,
    elements: elementsOfConstantOfShape,
  },
  { type: 'Range', domain: '', readsFloats: true, infer: inferRange, elements: rangeElements },
  { type: 'OneHot', domain: '', infer: inferOneHot },
  like('EyeLike'),
  { ...like('RandomNormalLike'), keepsItsPlace: true },
  { ...like('RandomUniformLike'), keepsItsPlace: true },
  { ...like('Bernoulli'), keepsItsPlace: true },
  random('RandomNormal'),
  random('RandomUniform'),
  { type: 'Multinomial', domain: '', keepsItsPlace: true, infer: inferMultinomial },
];
