import { normalizeAxis } from '../../ops/normalize-axis.ts';
import { channelMeans } from '../channel-sums.ts';
import type { Form } from '../form.ts';

/** The sum of each channel over samples and places: a bias's gradient. */
const reduceSum: Form = (context) => {
  const { node, write, values, input, shapeOf, integers } = context;
  const shape = shapeOf(input(0));
  const axes = node.inputs[1] && integers(1)?.map((axis) => normalizeAxis(axis, shape.length));
  if (shape.length !== 4 || !values.isBlocked(input(0)) || axes?.toSorted().join() !== '0,2,3') return false;
  const [batch, own, ...map] = shape;
  const channels = values.whole(own);
  const { value, scale } = values.scaled(input(0));
  const means = channelMeans(write, value, { batch, channels, map });
  const sums = write.op('Mul', [means, write.scalar(batch * map[0] * map[1])]);
  const multiplied = scale ? write.op('Mul', [sums, scale]) : sums;
  if ((node.int('keepdims') ?? 1) === 0) context.giveVector(0, multiplied, own);
  else context.give(0, write.reshape(values.cut(multiplied, own), [1, own, 1, 1]));
  return true;
};

/** One number a channel spread over its map: the gradient of a mean over places. */
const expand: Form = (context) => {
  const { node, write, values, input, plain, shapeOf } = context;
  const [from, to] = [shapeOf(input(0)), shapeOf(node.output)];
  if (to.length !== 4 || from.length !== 4) return false;
  const isSpread = from[0] === to[0] && from[1] === to[1] && from[2] === 1 && from[3] === 1;
  if (!isSpread || to[1] < values.block) return false;
  const [batch, own, h, w] = to;
  const { block } = values;
  const channels = values.whole(own);
  const fill = channels - own;
  const filled = fill === 0 ? plain(0) : write.op('Pad', [plain(0), write.ints([0, 0, 0, 0, 0, fill, 0, 0])]);
  const split = write.reshape(filled, [(batch * channels) / block, 1, block]);
  const spread = write.op('Expand', [split, write.ints([(batch * channels) / block, h * w, block])]);
  context.giveBlocked(0, { value: write.reshape(spread, [batch, channels, h, w]), isZeroFilled: true });
  return true;
};

export const reductionForms: Readonly<Record<string, Form>> = { ReduceSum: reduceSum, Expand: expand };
