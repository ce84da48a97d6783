import { channelMeans, channelProductMeans } from '../channel-sums.ts';
import type { Form } from '../form.ts';
import { nchwcConv } from '../nchwc.ts';

/**
 * With r = 1 / √(σ² + ε) and means over samples and places
 *
 *     dγ = M·r·(E[dY·X] − μ·E[dY]),  dβ = M·E[dY],  dX = a·U,  U = dY + b·X + c,
 *     a = γ·r,  b = −r·dγ / M,  c = −E[dY] − b·μ
 *
 * U is one depthwise 1 × 1 convolution; a is left to who reads dX: convolutions take it into their small weights.
 */
export const batchNormalizationGradient: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(input(1));
  if (shape.length !== 4 || !values.isBlocked(input(1))) return false;
  const [batch, own, ...map] = shape;
  const channels = values.whole(own);
  const facts = { batch, channels, map };
  const [dy, x] = [values.blocked(input(0)), values.blocked(input(1))];
  const [scale, mean, variance] = [2, 3, 4].map((index) => values.vector(input(index), own));
  const count = write.scalar(batch * map[0] * map[1]);
  const meanOfDy = channelMeans(write, dy, facts);
  const meanOfProduct = channelProductMeans(write, x, dy, facts);
  const inverse = write.op('Reciprocal', [
    write.op('Sqrt', [write.op('Add', [variance, write.scalar(node.float('epsilon') ?? 1e-5)])]),
  ]);
  const along = write.op('Sub', [meanOfProduct, write.op('Mul', [mean, meanOfDy])]);
  const meanOfScale = write.op('Mul', [along, inverse]);
  if (context.isWanted(0)) {
    const slope = write.op('Neg', [write.op('Mul', [inverse, meanOfScale])]);
    const shift = write.op('Neg', [write.op('Add', [meanOfDy, write.op('Mul', [slope, mean])])]);
    const weight = write.reshape(slope, [channels, 1, 1, 1]);
    const value = nchwcConv(write, { x, weight, bias: shift, sum: dy, kernel: [1, 1], group: channels });
    context.giveBlocked(0, { value, scale: write.op('Mul', [scale, inverse]), isZeroFilled: true });
  }
  if (context.isWanted(1)) context.giveVector(1, write.op('Mul', [meanOfScale, count]), own);
  if (context.isWanted(2)) context.giveVector(2, write.op('Mul', [meanOfDy, count]), own);
  return true;
};
