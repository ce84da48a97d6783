import { channelMeans, channelProductMeans } from '../channel-sums.ts';
import type { Form } from '../form.ts';
import { affine, center, inverseDeviation } from '../normalized.ts';

/**
 * Y = a·(X − μ) + β, a = γ·r, r = 1 / √(σ² + ε): a depthwise 1 × 1 convolution, which can take in a sum and a ReLU. In training
 * form μ and σ² are the batch's; X is centered first, in a pass of its own, for E[X²] − μ² would lose σ² where μ is large.
 */
export const batchNormalization: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(input(0));
  if (shape.length !== 4 || !values.isBlocked(input(0))) return false;
  const isTraining = node.int('training_mode') === 1;
  // Running statistics would have to be renewed here.
  if (isTraining && node.float('momentum') !== 0) return false;
  const [batch, own, ...map] = shape;
  const facts = { batch, channels: values.whole(own), map };
  const x = values.blocked(input(0));
  const [scale, shift] = [1, 2].map((index) => values.vector(input(index), own));
  if (!isTraining) {
    const [mean, variance] = [3, 4].map((index) => values.vector(input(index), own));
    const factor = write.op('Mul', [scale, inverseDeviation(context, variance, own)]);
    const offset = write.op('Sub', [shift, write.op('Mul', [factor, mean])]);
    context.giveBlocked(0, { value: affine(write, x, factor, offset, facts.channels), isZeroFilled: true });
    return true;
  }
  const mean = channelMeans(write, x, facts);
  const centered = center(write, x, mean, facts.channels);
  const variance = channelProductMeans(write, centered, centered, facts);
  const factor = write.op('Mul', [scale, inverseDeviation(context, variance, own)]);
  const y = affine(write, centered, factor, shift, facts.channels);
  context.giveBlocked(0, { value: y, isZeroFilled: true });
  context.giveVector(1, mean, own);
  context.giveVector(2, variance, own);
  const kept = node.outputs[1];
  if (kept) values.setCentered(kept, centered);
  return true;
};
