import { channelMeans, channelProductMeans } from '../channel-sums.ts';
import type { Form } from '../form.ts';
import { affine, center, inverseDeviation } from '../normalized.ts';

/**
 * With X′ = X − μ, r = 1 / √(σ² + ε) and means over the M samples and places of a channel
 *
 *     dγ = M·r·E[dY·X′],  dβ = M·E[dY],  dX = a·U,  U = dY + b·X′ − E[dY],  a = γ·r,  b = −r²·E[dY·X′]
 *
 * U is one depthwise 1 × 1 convolution; a is left to who reads dX: convolutions take it into their small weights.
 */
export const batchNormalizationGradient: Form = (context) => {
  const { write, values, input, shapeOf } = context;
  const shape = shapeOf(input(1));
  if (shape.length !== 4 || !values.isBlocked(input(1))) return false;
  const [batch, own, ...map] = shape;
  const channels = values.whole(own);
  const facts = { batch, channels, map };
  const dy = values.blocked(input(0));
  const [scale, mean, variance] = [2, 3, 4].map((index) => values.vector(input(index), own));
  const x = values.centered(input(3)) ?? center(write, values.blocked(input(1)), mean, channels);
  const count = write.scalar(batch * map[0] * map[1]);
  const meanOfDy = channelMeans(write, dy, facts);
  const inverse = inverseDeviation(context, variance, own);
  const meanOfScale = write.op('Mul', [channelProductMeans(write, x, dy, facts), inverse]);
  if (context.isWanted(0)) {
    const slope = write.op('Neg', [write.op('Mul', [inverse, meanOfScale])]);
    const value = affine(write, x, slope, write.op('Neg', [meanOfDy]), channels, dy);
    context.giveBlocked(0, { value, scale: write.op('Mul', [scale, inverse]), isZeroFilled: true });
  }
  if (context.isWanted(1)) context.giveVector(1, write.op('Mul', [meanOfScale, count]), own);
  if (context.isWanted(2)) context.giveVector(2, write.op('Mul', [meanOfDy, count]), own);
  return true;
};
