import type { InferenceContext, Op } from './op.ts';
import { spatialAttributes, spatialLength } from './spatial.ts';

function inferPool({ node, type }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [];
  const spatial = data.shape.slice(2);
  const attributes = spatialAttributes(node, spatial.length);
  const ceil = node.int('ceil_mode') === 1;
  const lengths = spatial.map((n, axis) => spatialLength(n, attributes, axis, ceil));
  return [{ ...data, shape: [data.shape[0], data.shape[1], ...lengths] }];
}

function inferGlobalPool({ type }: InferenceContext) {
  const data = type(0);
  return data?.shape ? [{ ...data, shape: data.shape.map((n, axis) => (axis < 2 ? n : 1)) }] : [];
}

export const poolingOps: readonly Op[] = [
  { type: 'MaxPool', domain: '', infer: inferPool, role: { kind: 'pass' } },
  { type: 'AveragePool', domain: '', infer: inferPool, role: { kind: 'computed' } },
  { type: 'GlobalAveragePool', domain: '', infer: inferGlobalPool, role: { kind: 'computed' } },
  { type: 'GlobalMaxPool', domain: '', infer: inferGlobalPool },
];
