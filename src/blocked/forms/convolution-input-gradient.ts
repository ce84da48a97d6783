import type { Value } from '../../onnx/ir/value.ts';
import { type ConvolutionFacts, convolutionFacts } from '../../ops/gradients/convolution-facts.ts';
import { padded } from '../../ops/gradients/slicing.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { Blocked } from '../blocked-values.ts';
import { convolutionKind, weightLayoutOf } from '../convolution-kind.ts';
import type { Form, FormContext } from '../form.ts';
import { nchwcConv } from '../nchwc.ts';
import { type Phases, phasesOf } from '../phases.ts';

/** Elements that windows over dY see, for each that windows over X see, from which on the standard form is faster. */
const MUCH_COPYING = 2.5;

/** dL/dX of a convolution as a convolution of dY. */
export const convolutionInputGradient: Form = (context) => {
  const { node, values, input } = context;
  const facts = convolutionFacts(node);
  const kind = convolutionKind(facts, true, values.block);
  const { strides, dilations, wide, narrow } = facts.window;
  const isStrided = strides.some((n) => n > 1);
  if (!kind || (isStrided && dilations.some((n) => n > 1))) return false;
  const looked = (facts.outputs * elementCount(wide)) / (facts.inputs * elementCount(narrow));
  if (kind === 'dense' && !isStrided && looked > MUCH_COPYING) return false;
  const dy = values.scaled(input(0));
  const encoded = values.weight(input(1), weightLayoutOf(kind, facts, values.block));
  const form = kind === 'depthwise' ? depthwise : isStrided ? byPhases : byFlipping;
  context.giveBlocked(0, { value: form(context, facts, dy, encoded), isZeroFilled: true });
  return true;
};

type InputForm = (context: FormContext, facts: ConvolutionFacts, dy: Blocked, encoded: Value) => Value;

/** At stride 1: with the kernel turned around, from outputs to inputs. */
const byFlipping: InputForm = (context, facts, dy, encoded) => {
  const { write } = context;
  const { kernel, dilations, begins, ends } = facts.window;
  const taps = elementCount(kernel);
  const order = Array.from({ length: taps }, (_, i) => taps - 1 - i);
  const weight = turned(context, facts, { encoded, scale: dy.scale, order, kernel });
  const pads = [begins, ends].map((side) => side.map((n, i) => (kernel[i] - 1) * dilations[i] - n));
  return nchwcConv(write, {
    x: cropped(context, facts, dy.value, pads),
    weight,
    kernel,
    dilations,
    pads: filled(pads),
  });
};

/**
 * At longer strides: each of s² phases of dX sees taps of its own, [N, s², C, U, V] by one convolution, whose phases are then
 * laid in between each other.
 */
const byPhases: InputForm = (context, facts, dy, encoded) => {
  const { write, values } = context;
  const phases = phasesOf(facts.window);
  const weight = turned(context, facts, {
    encoded,
    scale: dy.scale,
    order: phases.taps,
    kernel: phases.kernel,
  });
  const pads = [phases.begins, phases.ends];
  const result = nchwcConv(write, {
    x: cropped(context, facts, dy.value, pads),
    weight,
    kernel: phases.kernel,
    pads: filled(pads),
  });
  return shuffled(context, result, facts, phases, values.whole(facts.inputs));
};

/** [N, s, s, C, U, V, b] → [N, C, U·s, V·s, b], cut to the map. */
function shuffled(
  { write, values }: FormContext,
  value: Value,
  { batch, window }: ConvolutionFacts,
  { places }: Phases,
  channels: number,
): Value {
  const [sh, sw] = window.strides;
  const [u, v] = places;
  const { block } = values;
  const split = write.reshape(value, [batch, sh, sw, channels / block, u, v, block]);
  const mixed = write.transpose(split, [0, 3, 4, 1, 5, 2, 6]);
  const [h, w] = window.wide;
  const whole = write.reshape(mixed, [batch, channels / block, u * sh, v * sw, block]);
  return write.reshape(padded(write, whole, [0, 0, 0, 0, 0], [0, 0, h - u * sh, w - v * sw, 0]), [
    batch,
    channels,
    h,
    w,
  ]);
}

interface Turned {
  readonly encoded: Value;
  /** Of the outputs. */
  readonly scale: Value | undefined;
  /** Taps in the order they are looked through, phase by phase; one past the last stands for 0. */
  readonly order: readonly number[];
  readonly kernel: readonly number[];
}

/** Weights from O to C, for each phase: [phases · C/b, O/b, kernel …, b of O, b of C]. */
function turned(
  { write, values }: FormContext,
  { window, inputs, outputs }: ConvolutionFacts,
  { encoded, scale, order, kernel }: Turned,
): Value {
  const { block } = values;
  const [ob, cb] = [outputs, inputs].map((n) => values.whole(n) / block);
  const taps = elementCount(window.kernel);
  const count = elementCount(kernel);
  const phases = order.length / count;
  const split = write.reshape(encoded, [ob, cb, taps, block, block]);
  const factor = scale && write.reshape(scale, [ob, 1, 1, 1, block]);
  const multiplied = factor ? write.op('Mul', [split, factor]) : split;
  const isInOrder = order.length === taps && order.every((tap, i) => tap === i);
  const isFull = order.every((tap) => tap < taps);
  const source = isFull ? multiplied : padded(write, multiplied, [0, 0, 0, 0, 0], [0, 0, 1, 0, 0]);
  const chosen = isInOrder ? source : write.op('Gather', [source, write.ints(order)], { axis: 2 });
  const byPhase = write.reshape(chosen, [ob, cb, phases, count, block, block]);
  const result = write.transpose(byPhase, [2, 1, 0, 3, 5, 4]);
  return write.reshape(result, [phases * cb * block, ob * block, ...kernel]);
}

/** A filter a channel: dY, with zeros in between where strides are longer, seen through the kernel turned around. */
const depthwise: InputForm = (context, facts, dy, encoded) => {
  const { write, values } = context;
  const { kernel, strides, dilations, begins, wide, narrow } = facts.window;
  const { block } = values;
  const channels = values.whole(facts.inputs);
  const cb = channels / block;
  const taps = elementCount(kernel);
  const split = write.reshape(encoded, [cb, taps, block]);
  const factor = dy.scale && write.reshape(dy.scale, [cb, 1, block]);
  const multiplied = factor ? write.op('Mul', [split, factor]) : split;
  const order = Array.from({ length: taps }, (_, i) => taps - 1 - i);
  const chosen = taps === 1 ? multiplied : write.op('Gather', [multiplied, write.ints(order)], { axis: 1 });
  const weight = write.reshape(chosen, [channels, 1, ...kernel]);
  const stretched = narrow.map((n, i) => n * strides[i]);
  const lead = kernel.map((k, i) => (k - 1) * dilations[i] - begins[i]);
  const pads = [lead, kernel.map((k, i) => wide[i] - stretched[i] - lead[i] + (k - 1) * dilations[i])];
  const source = spread(context, facts, dy.value);
  const x = cropped(
    context,
    { ...facts, outputs: facts.inputs, window: { ...facts.window, narrow: stretched } },
    source,
    pads,
  );
  return nchwcConv(write, { x, weight, kernel, dilations, pads: filled(pads), group: channels });
};

/** Zeros behind every element of a map: [N·C/b·H, 1, W, b] → [N·C/b·H, s, W, s·b], which is [N, C/b, H·s, W·s, b]. */
function spread(
  { write, values }: FormContext,
  { batch, inputs, window }: ConvolutionFacts,
  dy: Value,
): Value {
  const { strides, narrow } = window;
  if (strides.every((n) => n === 1)) return dy;
  const { block } = values;
  const channels = values.whole(inputs);
  const rows = write.reshape(dy, [(batch * channels * narrow[0]) / block, 1, narrow[1], block]);
  const wide = padded(write, rows, [0, 0, 0, 0], [0, strides[0] - 1, 0, (strides[1] - 1) * block]);
  return write.reshape(wide, [batch, channels, ...narrow.map((n, i) => n * strides[i])]);
}

/** Kernels take no negative pads: what sticks out of [N, O, narrow …] is cut off first. */
function cropped(
  { write, values }: FormContext,
  { batch, outputs, window: { narrow } }: ConvolutionFacts,
  value: Value,
  pads: readonly (readonly number[])[],
): Value {
  const [begins, ends] = pads.map((side) => side.map((n) => Math.min(n, 0)));
  if ([...begins, ...ends].every((n) => n === 0)) return value;
  const { block } = values;
  const channels = values.whole(outputs);
  const split = write.reshape(value, [batch, channels / block, ...narrow, block]);
  const cut = padded(write, split, [0, 0, ...begins, 0], [0, 0, ...ends, 0]);
  return write.reshape(cut, [batch, channels, ...narrow.map((n, i) => n + begins[i] + ends[i])]);
}

function filled(pads: readonly (readonly number[])[]): number[] {
  return pads.flatMap((side) => side.map((n) => Math.max(n, 0)));
}
