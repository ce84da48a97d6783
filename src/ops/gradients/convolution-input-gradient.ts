import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GraphWriter } from '../graph-writer.ts';
import type { ConvolutionFacts } from './convolution-facts.ts';
import { padded } from './slicing.ts';

interface InputGradient extends ConvolutionFacts {
  /** dL/dY, [N, O, narrow …]. */
  readonly dy: Value;
  /** [O, C / groups, kernel …]. */
  readonly weight: Value;
}

/** Elements that windows over dY would copy, for each element of windows over X, from which on the latter are faster. */
const MUCH_COPYING = 2.5;

/**
 * dL/dX of a convolution. Where the stride is 1 it is a convolution of dY with the flipped, transposed weights, which is up to
 * twice as fast as ConvTranspose (research/pruning.md §5); where that looks at many more elements than the convolution
 * itself, and where strides are longer, it is what each place of the window gives back to all it sees, added up.
 */
export function convolutionInputGradient(write: GraphWriter, gradient: InputGradient): Value {
  const { window, groups, inputs, outputs } = gradient;
  const { strides, begins, ends, wide, narrow } = window;
  const isDense = strides.every((s) => s === 1);
  const isPlane = groups === 1 && wide.length === 2 && [...begins, ...ends].every((n) => n >= 0);
  const copied = (outputs * elementCount(wide)) / (inputs * elementCount(narrow));
  if (isPlane && (!isDense || copied > MUCH_COPYING)) return byGivingBack(write, gradient);
  return isDense ? byFlipping(write, gradient) : byTransposing(write, gradient);
}

/** The columns of all windows, Wᵀ · dY as [N, C · taps, P], added to where they came from. */
function byGivingBack(
  write: GraphWriter,
  { dy, weight, window, batch, inputs, outputs }: InputGradient,
): Value {
  const { kernel, strides, dilations, begins, ends, wide, narrow } = window;
  const matrix = write.transpose(write.reshape(weight, [outputs, inputs * elementCount(kernel)]), [1, 0]);
  const columns = write.op('MatMul', [matrix, write.reshape(dy, [batch, outputs, elementCount(narrow)])]);
  return write.op('Col2Im', [columns, write.ints(wide), write.ints(kernel)], {
    strides,
    dilations,
    pads: [...begins, ...ends],
  });
}

function byFlipping(
  write: GraphWriter,
  { dy, weight, window, inputs, outputs, groups }: InputGradient,
): Value {
  const { kernel, dilations } = window;
  const rank = kernel.length;
  const grouped = write.reshape(weight, [groups, outputs / groups, inputs / groups, ...kernel]);
  const perm = [0, 2, 1, ...kernel.map((_, i) => i + 3)];
  const exchanged = write.reshape(
    groups === 1
      ? write.transpose(weight, [1, 0, ...kernel.map((_, i) => i + 2)])
      : write.transpose(grouped, perm),
    [inputs, outputs / groups, ...kernel],
  );
  const flipped = kernel.some((k) => k > 1) ? reversed(write, exchanged, rank) : exchanged;
  const begins = kernel.map((k, i) => (k - 1) * dilations[i] - window.begins[i]);
  const ends = kernel.map((k, i) => (k - 1) * dilations[i] - window.ends[i]);
  // Conv takes no negative pads: what sticks out is cut off first.
  const cut = (pads: readonly number[]) => [0, 0, ...pads.map((n) => Math.min(n, 0))];
  const fill = (pads: readonly number[]) => pads.map((n) => Math.max(n, 0));
  return write.op('Conv', [padded(write, dy, cut(begins), cut(ends)), flipped], {
    kernel_shape: kernel,
    dilations,
    pads: [...fill(begins), ...fill(ends)],
    group: groups,
  });
}

function reversed(write: GraphWriter, weight: Value, rank: number): Value {
  const all = Array.from({ length: rank }, () => -1);
  const axes = all.map((_, i) => i + 2);
  const ends = all.map(() => Number.MIN_SAFE_INTEGER);
  return write.op('Slice', [weight, write.ints(all), write.ints(ends), write.ints(axes), write.ints(all)]);
}

/** ConvTranspose without pads gives all the window reaches; what lies in the pads is cut off, what it misses is 0. */
function byTransposing(write: GraphWriter, { dy, weight, window, groups }: InputGradient): Value {
  const { kernel, strides, dilations, begins, ends } = window;
  const isPlain = [...begins, ...ends].every((n) => n >= 0);
  const full = write.op('ConvTranspose', [dy, weight], {
    kernel_shape: kernel,
    strides,
    dilations,
    group: groups,
    pads: isPlain ? [...begins, ...ends] : [...begins, ...ends].map(() => 0),
  });
  if (isPlain) return full;
  return padded(write, full, [0, 0, ...begins.map((n) => -n)], [0, 0, ...ends.map((n) => -n)]);
}
