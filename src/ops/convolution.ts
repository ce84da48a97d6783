import { elementCount } from '../tensor/element-count.ts';
import type { InferenceContext, Op } from './op.ts';
import { spatialAttributes, spatialLength } from './spatial.ts';

function inferConv({ node, type }: InferenceContext) {
  const data = type(0);
  const weight = type(1)?.shape;
  if (!data?.shape || !weight) return [];
  const spatial = data.shape.slice(2);
  const kernel = weight.slice(2);
  if (kernel.some((n) => typeof n !== 'number')) return [];
  const attributes = spatialAttributes(node, spatial.length, kernel as number[]);
  const lengths = spatial.map((n, axis) => spatialLength(n, attributes, axis));
  return [{ ...data, shape: [data.shape[0], weight[0], ...lengths] }];
}

export const convolutionOps: readonly Op[] = [
  {
    type: 'Conv',
    domain: '',
    infer: inferConv,
    role: { kind: 'weighted', weight: 1, bias: 2, channelAxis: () => 0 },
    // Each output element sums over (C / group) · kernel products; the weight is [M, C / group, kernel…].
    macs({ inputShape, outputShape }) {
      const weight = inputShape(1);
      const output = outputShape(0);
      return weight && output ? elementCount(output) * elementCount(weight.slice(1)) : 0;
    },
  },
];
