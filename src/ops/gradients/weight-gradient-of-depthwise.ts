import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { padded } from './slicing.ts';
import type { WeightGradient } from './weight-gradient.ts';
import type { Window } from './window.ts';
import { tapsAlong } from './window-taps.ts';

/** Above so many columns of a row the products of `byRows` would be more work than its few large operators save. */
const LONG_ROW = 256;

/** Of a depthwise convolution, a filter a channel: [C, 1, kernel …]. */
export function weightGradientOfDepthwise(write: GraphWriter, gradient: WeightGradient): Value {
  const { window } = gradient;
  const rank = window.kernel.length;
  return rank <= 2 && window.wide[rank - 1] <= LONG_ROW ? byRows(write, gradient) : byTaps(write, gradient);
}

/**
 * For a row i of the kernel the products of all columns with all columns, Gᵢ[c, w, v] = Σ over samples and rows h of
 * dY[h, w] · X[h·s + i, v], are one batched product over long rows; the taps are sums along its diagonals, by one product with
 * zeros and ones. Ten times as fast as cutting out every tap, though most of G is not used.
 */
function byRows(write: GraphWriter, gradient: WeightGradient): Value {
  const { dy, x, batch, outputs } = gradient;
  const window = asPlane(gradient.window);
  const { kernel, wide, narrow, begins, ends } = window;
  const byChannel = (value: Value, map: readonly number[]) =>
    write.transpose(write.reshape(value, [batch, outputs, ...map]), [1, 0, 2, 3]);
  const rows = batch * narrow[0];
  const left = write.transpose(write.reshape(byChannel(dy, narrow), [outputs, rows, narrow[1]]), [0, 2, 1]);
  const source = padded(write, byChannel(x, wide), [0, 0, begins[0], 0], [0, 0, ends[0], 0]);
  const chosen = write.constant({
    dtype: 'float',
    shape: [narrow[1] * wide[1], kernel[1]],
    data: diagonals(window),
  });
  const taps = tapsAlong(write, source, window, 0).map((seen) => {
    const all = write.op('MatMul', [left, write.reshape(seen, [outputs, rows, wide[1]])]);
    return write.op('MatMul', [write.reshape(all, [outputs, narrow[1] * wide[1]]), chosen]);
  });
  const joined = taps.length === 1 ? taps[0] : write.op('Concat', taps, { axis: 1 });
  return write.reshape(joined, [outputs, 1, ...gradient.window.kernel]);
}

/** [narrow · wide, kernel] along the last axis: 1 where the place of the window sees the column through the tap. */
function diagonals({ kernel, strides, dilations, begins, wide, narrow }: Window): Float32Array<ArrayBuffer> {
  const data = new Float32Array(narrow[1] * wide[1] * kernel[1]);
  for (let place = 0; place < narrow[1]; place++) {
    for (let tap = 0; tap < kernel[1]; tap++) {
      const seen = place * strides[1] + tap * dilations[1] - begins[1];
      if (seen >= 0 && seen < wide[1]) data[(place * wide[1] + seen) * kernel[1] + tap] = 1;
    }
  }
  return data;
}

/** A window along one axis as one along rows of a plane. */
function asPlane(window: Window): Window {
  if (window.kernel.length === 2) return window;
  const { kernel, strides, dilations, begins, ends, wide, narrow } = window;
  return {
    kernel: [1, ...kernel],
    strides: [1, ...strides],
    dilations: [1, ...dilations],
    begins: [0, ...begins],
    ends: [0, ...ends],
    wide: [1, ...wide],
    narrow: [1, ...narrow],
  };
}

/** A tap's gradient is the sum over samples and places of X's slice times dY. */
function byTaps(write: GraphWriter, { x, dy, window, outputs }: WeightGradient): Value {
  const { kernel, begins, ends } = window;
  const axes = [0, ...kernel.map((_, i) => i + 2)];
  let sources = [padded(write, x, [0, 0, ...begins], [0, 0, ...ends])];
  for (const axis of kernel.keys())
    sources = sources.flatMap((source) => tapsAlong(write, source, window, axis));
  const taps = sources.map((source) =>
    write.reshape(write.sum(write.op('Mul', [source, dy]), axes, false), [outputs, 1, 1]),
  );
  const joined = taps.length === 1 ? taps[0] : write.op('Concat', taps, { axis: 2 });
  return write.reshape(joined, [outputs, 1, ...kernel]);
}
