import { elementCount } from '../../tensor/element-count.ts';
import type { GradientRule, GradientRules } from '../gradient.ts';
import { convolutionInputGradient } from './convolution-input-gradient.ts';
import { maxPool } from './max-pool.ts';
import { type Window, windowOf } from './window.ts';

/** Every element of a window gets the same share: a depthwise ConvTranspose of dY / count with ones. */
const averagePool: GradientRule = (context) => {
  const { write, node } = context;
  const [shape, result] = [context.inputShape(0), context.outputShape(0)];
  const window = windowOf(context, shape.slice(2), result.slice(2));
  const counts = countsOf(window, node.int('count_include_pad') === 1, node.ints('pads') ?? []);
  const shares = write.op('Div', [
    context.gradient(0)!,
    write.constant({ dtype: 'float', shape: [1, 1, ...window.narrow], data: counts }),
  ]);
  const maps = shape[0] * shape[1];
  const ones = new Float32Array(elementCount(window.kernel)).fill(1);
  const weight = write.constant({ dtype: 'float', shape: [1, 1, ...window.kernel], data: ones });
  const spread = convolutionInputGradient(write, {
    dy: write.reshape(shares, [maps, 1, ...window.narrow]),
    weight,
    window,
    batch: maps,
    inputs: 1,
    outputs: 1,
    groups: 1,
  });
  return [write.reshape(spread, shape)];
};

/** Elements that each place of the window averages over; with `includesPads` stated pads count as elements. */
function countsOf(window: Window, includesPads: boolean, pads: readonly number[]): Float32Array<ArrayBuffer> {
  const { kernel, strides, dilations, begins, wide, narrow } = window;
  const rank = kernel.length;
  const along = kernel.map((k, axis) =>
    Array.from({ length: narrow[axis] }, (_, place) => {
      const from = place * strides[axis] - begins[axis];
      const [low, high] = includesPads
        ? [-begins[axis], wide[axis] + (pads[rank + axis] ?? 0)]
        : [0, wide[axis]];
      let count = 0;
      for (let tap = 0; tap < k; tap++) {
        const at = from + tap * dilations[axis];
        if (at >= low && at < high) count++;
      }
      return count;
    }),
  );
  let counts = [1];
  for (const axis of along) counts = counts.flatMap((product) => axis.map((n) => product * n));
  return Float32Array.from(counts);
}

/** Of a mean over all places: an even share for each. */
const globalAverage: GradientRule = (context) => {
  const { write } = context;
  const shape = context.inputShape(0);
  const share = write.op('Mul', [context.gradient(0)!, write.scalar(1 / elementCount(shape.slice(2)))]);
  return [write.op('Expand', [share, write.ints(shape)])];
};

/** Places that tie for the maximum share evenly. */
const globalMax: GradientRule = (context) => {
  const { write, node } = context;
  const axes = context
    .inputShape(0)
    .slice(2)
    .map((_, i) => i + 2);
  const hits = write.cast(write.op('Equal', [context.input(0), node.output]), 'float');
  return [write.op('Mul', [hits, write.op('Div', [context.gradient(0)!, write.sum(hits, axes)])])];
};

export const poolingGradients: GradientRules = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalMax,
};
