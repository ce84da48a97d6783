import type { Value } from '../../onnx/ir/value.ts';
import { type ConvolutionFacts, convolutionFacts } from '../../ops/gradients/convolution-facts.ts';
import { padded } from '../../ops/gradients/slicing.ts';
import { sumOverFirst } from '../../ops/gradients/sum-over-first.ts';
import type { Blocked } from '../blocked-values.ts';
import { convolutionKind, weightLayoutOf } from '../convolution-kind.ts';
import type { Form, FormContext } from '../form.ts';
import { nchwc, nchwcConv } from '../nchwc.ts';

/** dL/dW of a convolution, as a convolution of X by dY (research/training.md §3 (b)). */
export const convolutionWeightGradient: Form = (context) => {
  const { node, values, input } = context;
  const facts = convolutionFacts(node);
  const kind = convolutionKind(facts, values.isBlocked(input(1)), values.block);
  if (!kind || (kind !== 'depthwise' && facts.window.dilations[1] > 1)) return false;
  const dy = values.scaled(input(0));
  const forms = { dense: ofDense, raw: ofRaw, depthwise: ofDepthwise };
  const encoded = forms[kind](context, facts, dy);
  context.giveWeights(0, { layout: weightLayoutOf(kind, facts, values.block), encoded });
  return true;
};

type WeightForm = (context: FormContext, facts: ConvolutionFacts, dy: Blocked) => Value;

/** X as it is and dY as its filters, a map of each sample a channel; samples are then added up. */
const ofDepthwise: WeightForm = ({ write, values, input }, { window, batch, inputs }, dy) => {
  const { kernel, strides, dilations, begins, ends, wide, narrow } = window;
  const { block } = values;
  const channels = values.whole(inputs);
  const maps = batch * channels;
  // Places behind the window's reach would make further taps.
  const [low, high] = [begins, ends].map((side) => side.map((n) => Math.min(n, 0)));
  const split = write.reshape(values.blocked(input(1)), [maps / block, ...wide, block]);
  const seen = padded(write, split, [0, ...low, 0], [0, ...high, 0]);
  const taps = nchwcConv(write, {
    x: write.reshape(seen, [1, maps, ...wide.map((n, i) => n + low[i] + high[i])]),
    weight: write.reshape(dy.value, [maps, 1, ...narrow]),
    kernel: narrow,
    strides: dilations,
    dilations: strides,
    pads: [...begins, ...ends].map((n) => Math.max(n, 0)),
    group: maps,
  });
  const [kh, kw] = kernel;
  const summed = sumOverFirst(write, taps, [batch, channels / block, kh * kw, block]);
  return dy.scale ? write.op('Mul', [summed, write.reshape(dy.scale, [channels / block, 1, block])]) : summed;
};

/** Filled channels for each one there is, from which on it is worth while to leave them out. */
const MUCH_FILL = 1.25;

const ofDense: WeightForm = (context, facts, dy) => {
  const isWasteful = context.values.whole(facts.inputs) > MUCH_FILL * facts.inputs;
  return isWasteful ? ofFewChannels(context, facts, dy) : ofBlocks(context, facts, dy);
};

const ofBlocks: WeightForm = ({ write, values, input }, facts, dy) => {
  const { block } = values;
  const { batch, inputs, window } = facts;
  const cb = values.whole(inputs) / block;
  const { wide, begins, ends, kernel } = window;
  const split = write.reshape(values.blocked(input(1)), [batch, cb, ...wide, block]);
  const seen = padded(write, split, [0, 0, ...begins, 0], [0, 0, ...ends, 0]);
  const [h, w] = wide.map((n, i) => n + begins[i] + ends[i]);
  const rows = write.transpose(write.reshape(seen, [batch, cb, h, w * block]), [1, 0, 2, 3]);
  const taps = bySamples({ write, values }, facts, dy, { rows, maps: cb, height: h, width: w, inner: block });
  // [C/b, O/b, kh, kw, b of C, b of O]
  const ob = values.whole(facts.outputs) / block;
  return write.transpose(write.reshape(taps, [cb, ob, kernel[0] * kernel[1], block * block]), [1, 0, 2, 3]);
};

/** Of a last block that is mostly filled up: with the channels there are side by side, [N, H, W, C]. */
const ofFewChannels: WeightForm = ({ write, values, input }, facts, dy) => {
  const { block } = values;
  const { batch, inputs, window } = facts;
  const [channels, ob] = [values.whole(inputs), values.whole(facts.outputs) / block];
  const { wide, begins, ends, kernel } = window;
  const split = write.reshape(values.blocked(input(1)), [batch, channels / block, ...wide, block]);
  const last = write.reshape(write.transpose(split, [0, 2, 3, 1, 4]), [batch, ...wide, channels]);
  const fill = channels - inputs;
  const seen = padded(write, last, [0, ...begins, 0], [0, ...ends, -fill]);
  const [h, w] = wide.map((n, i) => n + begins[i] + ends[i]);
  const rows = write.reshape(seen, [1, batch, h, w * inputs]);
  const taps = bySamples({ write, values }, facts, dy, { rows, maps: 1, height: h, width: w, inner: inputs });
  const places = kernel[0] * kernel[1];
  const filled = padded(
    write,
    write.reshape(taps, [ob, places, inputs, block]),
    [0, 0, 0, 0],
    [0, 0, fill, 0],
  );
  const blocks = write.reshape(filled, [ob, places, channels / block, block * block]);
  return write.transpose(blocks, [0, 2, 1, 3]);
};

const ofRaw: WeightForm = ({ write, values, input }, facts, dy) => {
  const { block } = values;
  const { batch, inputs, window } = facts;
  const { wide, begins, ends, kernel } = window;
  const last = write.transpose(padded(write, input(1), [0, 0, ...begins], [0, 0, ...ends]), [0, 2, 3, 1]);
  const [h, w] = wide.map((n, i) => n + begins[i] + ends[i]);
  const rows = write.reshape(last, [1, batch, h, w * inputs]);
  const taps = bySamples({ write, values }, facts, dy, { rows, maps: 1, height: h, width: w, inner: inputs });
  // [O/b, kh, kw, C, b]
  const ob = values.whole(facts.outputs) / block;
  return write.transpose(write.reshape(taps, [ob, kernel[0] * kernel[1], inputs, block]), [0, 2, 1, 3]);
};

interface Rows {
  /** [maps, N, height, width · inner], padded so that windows lie within. */
  readonly rows: Value;
  readonly maps: number;
  readonly height: number;
  readonly width: number;
  readonly inner: number;
}

/**
 * Samples are what the products are summed over, so they are the channels: rows ∗ dY with kernel (Ho, Wo), whose steps are the
 * strides, has at (i, j·inner + c) the gradient of tap (i, j) of channel c. Result [maps, O/b, kh, kw·inner, b of O].
 */
function bySamples(
  { write, values }: Pick<FormContext, 'write' | 'values'>,
  { batch, outputs, window }: ConvolutionFacts,
  dy: Blocked,
  { rows, maps, height, width, inner }: Rows,
): Value {
  const { block } = values;
  const { kernel, strides, dilations, narrow } = window;
  const nb = values.whole(batch) / block;
  const missing = nb * block - batch;
  const ob = values.whole(outputs) / block;
  const places = narrow[0] * narrow[1];
  const samples = padded(
    write,
    write.reshape(dy.value, [batch, ob, places, block]),
    [0, 0, 0, 0],
    [missing, 0, 0, 0],
  );
  // With one map only, groups of samples give the threads something to share.
  const inGroups = maps === 1 && nb > 1;
  const filters = write.transpose(
    write.reshape(samples, [nb, block, ob, places, block]),
    inGroups ? [0, 2, 3, 1, 4] : [2, 0, 3, 1, 4],
  );
  const channelFill = (4 - (batch % 4)) % 4;
  const source = write.reshape(rows, [maps, batch, height, width * inner]);
  const x = nchwc(write, 'ReorderInput', [padded(write, source, [0, 0, 0, 0], [0, channelFill, 0, 0])], {
    channels_last: 0,
  });
  const weightOutputs = (inGroups ? nb : 1) * ob * block;
  const result = nchwcConv(write, {
    x,
    weight: write.reshape(filters, [weightOutputs, inGroups ? block : nb * block, ...narrow]),
    kernel: narrow,
    strides: [dilations[0], 1],
    dilations: [strides[0], strides[1] * inner],
    group: inGroups ? nb : 1,
  });
  const parts = inGroups
    ? sumOverFirst(write, result, [nb, ob, kernel[0], kernel[1] * inner, block])
    : result;
  if (!dy.scale) return parts;
  const flat = write.reshape(parts, [maps, ob, kernel[0] * kernel[1] * inner, block]);
  return write.op('Mul', [flat, write.reshape(dy.scale, [1, ob, 1, block])]);
}
