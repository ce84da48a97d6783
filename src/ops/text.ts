import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { inferBroadcast } from './infer-broadcast.ts';
import type { InferenceContext, Op } from './op.ts';
import { tensorType } from './tensor-type.ts';

/** Texts cut into parts, as many as the longest list of them has; and how many parts each text has. */
function inferSplit({ type }: InferenceContext): (TensorType | undefined)[] {
  const texts = type(0);
  if (!texts) return [];
  return [{ ...texts, shape: texts.shape && [...texts.shape, null] }, tensorType('int64', texts.shape)];
}

/** Stop words are taken out of a list, or of a batch of one: how many are left shows only in running. */
function inferNormalizer({ type }: InferenceContext): (TensorType | undefined)[] {
  const texts = type(0);
  return [texts && { ...texts, shape: texts.shape?.map((n, i, all) => (i === all.length - 1 ? null : n)) }];
}

/** Counts, one for each place that an n-gram may have. */
function inferTfIdf({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const tokens = type(0)?.shape;
  const places = node.ints('ngram_indexes');
  const length: Dimension = places ? Math.max(-1, ...places) + 1 : null;
  return [tensorType('float', tokens && [...tokens.slice(0, -1), length])];
}

/** Operators on strings. */
export const textOps: readonly Op[] = [
  {
    type: 'RegexFullMatch',
    domain: '',
    infer: ({ type }) => [type(0) && tensorType('bool', type(0)?.shape)],
  },
  { type: 'StringConcat', domain: '', infer: inferBroadcast },
  { type: 'StringSplit', domain: '', infer: inferSplit },
  { type: 'StringNormalizer', domain: '', infer: inferNormalizer },
  { type: 'TfIdfVectorizer', domain: '', infer: inferTfIdf },
];
