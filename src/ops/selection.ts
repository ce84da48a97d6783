import type { TensorType } from '../onnx/ir/type.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op } from './op.ts';
import { tensorType } from './tensor-type.ts';

/** Values, first places, the way back, counts; how many there are shows only in running. */
function inferUnique({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const data = type(0);
  if (!data) return [];
  const axis = node.int('axis');
  const shape =
    axis === undefined
      ? [null]
      : data.shape?.map((n, i) => (i === normalizeAxis(axis, data.shape?.length ?? 0) ? null : n));
  const places = tensorType('int64', [null]);
  return [{ ...data, shape }, places, places, places];
}

function inferCompress({ node, type }: InferenceContext) {
  const data = type(0);
  const axis = node.int('axis');
  if (axis === undefined) return [data && { ...data, shape: [null] }];
  const rank = data?.shape?.length ?? 0;
  return [
    data && { ...data, shape: data.shape?.map((n, i) => (i === normalizeAxis(axis, rank) ? null : n)) },
  ];
}

/** Operators whose output lengths depend on the data; presence of optional values. */
export const selectionOps: readonly Op[] = [
  {
    type: 'NonZero',
    domain: '',
    // A scalar counts as one axis for ONNX Runtime, as none for the text.
    infer: ({ type }) => [tensorType('int64', [type(0)?.shape?.length || null, null])],
  },
  { type: 'NonMaxSuppression', domain: '', infer: () => [tensorType('int64', [null, 3])] },
  { type: 'Unique', domain: '', infer: inferUnique },
  { type: 'Compress', domain: '', infer: inferCompress },
  { type: 'OptionalHasElement', domain: '', infer: () => [tensorType('bool', [])] },
];
