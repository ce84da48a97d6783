import type { TensorType } from '../onnx/ir/type.ts';
import type { InferenceContext, Op } from './op.ts';

/** Scores [N, C, d…] and targets [N, d…]: one loss a target unless they are summed up; the scores' logarithms follow. */
function inferLoss({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const scores = type(0);
  const isReduced = (node.string('reduction') ?? 'mean') !== 'none';
  return [scores && { ...scores, shape: isReduced ? [] : type(1)?.shape }, scores];
}

export const lossOps: readonly Op[] = [
  { type: 'SoftmaxCrossEntropyLoss', domain: '', infer: inferLoss },
  { type: 'NegativeLogLikelihoodLoss', domain: '', infer: (context) => inferLoss(context).slice(0, 1) },
];
