import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { mergeTypes } from './merge-types.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op, TensorTypes } from './op.ts';
import { tensorType } from './tensor-type.ts';

/** Longer sequences are data: shape rules follow lists that exporters write for split, stack and concat. */
const MAX_ELEMENTS = 256;

/** Place that input `index` holds; `fallback` where it is left out, undefined where it is unknown or outside. */
function placeOf(
  { node, integers }: InferenceContext,
  index: number,
  length: number,
  fallback: number,
): number | undefined {
  const given = node.inputs[index] ? integers(index)?.[0] : fallback;
  const place = given === undefined ? undefined : normalizeAxis(given, length);
  return place !== undefined && place >= 0 && place <= length ? place : undefined;
}

function constructed({ node, type }: InferenceContext): TensorTypes | undefined {
  const types = node.inputs.map((_, index) => type(index)).filter((t) => t !== undefined);
  return types.length === node.inputs.length && types.length <= MAX_ELEMENTS ? types : undefined;
}

/** Sequence, tensor, place; at the end where there is none. */
function inserted(context: InferenceContext): TensorTypes | undefined {
  const [list, tensor] = [context.sequence(0), context.type(1)];
  const place = list && placeOf(context, 2, list.length, list.length);
  if (!list || !tensor || place === undefined || list.length >= MAX_ELEMENTS) return undefined;
  return list.toSpliced(place, 0, tensor);
}

/** Sequence, place; the last where there is none. */
function erased(context: InferenceContext): TensorTypes | undefined {
  const list = context.sequence(0);
  const place = list && placeOf(context, 1, list.length, list.length - 1);
  return list && place !== undefined ? list.toSpliced(place, 1) : undefined;
}

/** Lengths of the parts, without an axis for it where there is no `split` and keepdims is 0. */
function split({ node, type, integers }: InferenceContext): TensorTypes | undefined {
  const data = type(0);
  if (!data?.shape) return undefined;
  const axis = normalizeAxis(node.int('axis') ?? 0, data.shape.length);
  const length = data.shape[axis];
  if (!node.inputs[1]) {
    if (typeof length !== 'number' || length > MAX_ELEMENTS) return undefined;
    const isKept = (node.int('keepdims') ?? 1) !== 0;
    const part = isKept ? data.shape.with(axis, 1) : data.shape.toSpliced(axis, 1);
    return new Array<TensorType>(length).fill({ ...data, shape: part });
  }
  const lengths = partsOf(integers(1), type(1)?.shape?.length === 0, length);
  const { shape } = data;
  return lengths?.map((n) => ({ ...data, shape: shape.with(axis, n) }));
}

/** A single number is the length of all parts but a shorter last one. */
function partsOf(
  given: readonly number[] | undefined,
  isSingle: boolean,
  length: Dimension,
): readonly number[] | undefined {
  if (!given || !isSingle) return given;
  const [part] = given;
  if (typeof length !== 'number' || part <= 0 || length / part > MAX_ELEMENTS) return undefined;
  return Array.from({ length: Math.ceil(length / part) }, (_, i) => Math.min(part, length - i * part));
}

/** At a place that is not known it may be any of them. */
function inferAt(context: InferenceContext): (TensorType | undefined)[] {
  const list = context.sequence(0);
  if (!list || list.length === 0) return [];
  const given = context.integers(1)?.[0];
  if (given !== undefined) return [list[normalizeAxis(given, list.length)]];
  return [list.reduce<TensorType | undefined>(mergeTypes, list[0])];
}

/** Joined along an axis, or stacked along a new one. */
function inferConcat({ node, sequence }: InferenceContext): (TensorType | undefined)[] {
  const list = sequence(0);
  const first = list?.[0];
  if (!list || !first?.shape) return [];
  const isNew = node.int('new_axis') === 1;
  const rank = first.shape.length + (isNew ? 1 : 0);
  const axis = normalizeAxis(node.int('axis') ?? 0, rank);
  if (isNew) {
    const merged = list.reduce<TensorType | undefined>(mergeTypes, first);
    return [merged && { ...merged, shape: merged.shape?.toSpliced(axis, 0, list.length) }];
  }
  const lengths = list.map(({ shape }) => shape?.[axis] ?? null);
  const isKnown = lengths.every((n) => typeof n === 'number');
  const total = isKnown ? lengths.reduce((sum, n) => sum + n, 0) : null;
  const others = list.map((t) => ({ ...t, shape: t.shape?.map((n, i) => (i === axis ? null : n)) }));
  const merged = others.reduce<TensorType | undefined>(mergeTypes, others[0]);
  return [merged && { ...merged, shape: merged.shape?.map((n, i) => (i === axis ? total : n)) }];
}

/** Operators on sequences of tensors; `sequence` rules tell the types of their elements. */
export const sequenceOps: readonly Op[] = [
  { type: 'SequenceConstruct', domain: '', sequence: constructed },
  { type: 'SequenceEmpty', domain: '', sequence: () => [] },
  { type: 'SequenceInsert', domain: '', sequence: inserted },
  { type: 'SequenceErase', domain: '', sequence: erased },
  { type: 'SplitToSequence', domain: '', sequence: split },
  { type: 'SequenceAt', domain: '', infer: inferAt },
  { type: 'ConcatFromSequence', domain: '', infer: inferConcat },
  {
    type: 'SequenceLength',
    domain: '',
    infer: () => [tensorType('int64', [])],
    elements: ({ sequence }) => {
      const list = sequence(0);
      return list && [list.length];
    },
  },
];
