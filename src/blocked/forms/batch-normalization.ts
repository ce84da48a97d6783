import { channelMeans, channelProductMeans } from '../channel-sums.ts';
import type { Form } from '../form.ts';
import { nchwcConv } from '../nchwc.ts';

/**
 * Y = a·X + (β − a·μ), a = γ·r, r = 1 / √(σ² + ε): a depthwise 1 × 1 convolution, which can take in a sum and a ReLU. In training
 * form μ and σ² = E[X²] − μ² are the batch's.
 */
export const batchNormalization: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(input(0));
  if (shape.length !== 4 || !values.isBlocked(input(0))) return false;
  const isTraining = node.int('training_mode') === 1;
  // Running statistics would have to be renewed here.
  if (isTraining && node.float('momentum') !== 0) return false;
  const [batch, own, ...map] = shape;
  const channels = values.whole(own);
  const x = values.blocked(input(0));
  const measured = () => {
    const facts = { batch, channels, map };
    const mean = channelMeans(write, x, facts);
    const square = channelProductMeans(write, x, x, facts);
    const variance = write.op('Sub', [square, write.op('Mul', [mean, mean])]);
    // Rounding may leave less than 0 where a channel is constant.
    return { mean, variance: write.op('Max', [variance, write.scalar(0)]) };
  };
  const { mean, variance } = isTraining
    ? measured()
    : { mean: values.vector(input(3), own), variance: values.vector(input(4), own) };
  const root = write.op('Sqrt', [write.op('Add', [variance, write.scalar(node.float('epsilon') ?? 1e-5)])]);
  const factor = write.op('Div', [values.vector(input(1), own), root]);
  const shift = write.op('Sub', [values.vector(input(2), own), write.op('Mul', [factor, mean])]);
  const weight = write.reshape(factor, [channels, 1, 1, 1]);
  const y = nchwcConv(write, { x, weight, bias: shift, kernel: [1, 1], group: channels });
  context.giveBlocked(0, { value: y, isZeroFilled: true });
  if (context.isWanted(1)) context.giveVector(1, mean, own);
  if (context.isWanted(2)) context.giveVector(2, variance, own);
  return true;
};
