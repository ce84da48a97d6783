import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { padded } from './slicing.ts';
import type { Window } from './window.ts';

interface InputGradient {
  /** dL/dY, [N, O, narrow …]. */
  readonly dy: Value;
  /** [O, C / groups, kernel …]. */
  readonly weight: Value;
  readonly window: Window;
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
}

/**
 * dL/dX of a convolution: where the stride is 1 a convolution of dY with the flipped, transposed weights, which is up to
 * twice as fast as ConvTranspose (research/pruning.md §5), else ConvTranspose.
 */
export function convolutionInputGradient(write: GraphWriter, gradient: InputGradient): Value {
  return gradient.window.strides.every((s) => s === 1)
    ? byFlipping(write, gradient)
    : byTransposing(write, gradient);
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
