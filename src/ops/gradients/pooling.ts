import { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { convolutionInputGradient } from './convolution-input-gradient.ts';
import { zeros } from './gathering.ts';
import { type Window, windowOf } from './window.ts';

/**
 * Each window's gradient goes to its largest element, whose place in the flat tensor the pool's second output tells; the
 * forward node is given one where it has none. Overlapping windows add up.
 */
const maxPool: GradientRule = (context) => {
  const { node, write } = context;
  let places = node.outputs[1];
  if (!places) {
    places = new Value(write.graph.freshName(`${node.output.name}/places`));
    node.setOutputs([node.output, places]);
  }
  const [shape, result] = [context.inputShape(0), context.outputShape(0)];
  const isColumnMajor = node.int('storage_order') === 1;
  const flat = write.reshape(isColumnMajor ? rowMajor(context, places) : places, [elementCount(result)]);
  const updates = write.reshape(context.gradient(0)!, [elementCount(result)]);
  const sums = write.op('ScatterElements', [zeros(write, [elementCount(shape)]), flat, updates], {
    axis: 0,
    reduction: 'add',
  });
  return [write.reshape(sums, shape)];
};

/** Places counted along columns first (2-D maps), counted along rows instead. */
function rowMajor({ write, inputShape }: GradientContext, places: Value): Value {
  const [height, width] = inputShape(0).slice(2);
  const int = (n: number) => write.scalar(n, 'int64');
  const map = write.op('Div', [places, int(height * width)]);
  const within = write.op('Sub', [places, write.op('Mul', [map, int(height * width)])]);
  const column = write.op('Div', [within, int(height)]);
  const row = write.op('Sub', [within, write.op('Mul', [column, int(height)])]);
  const start = write.op('Mul', [map, int(height * width)]);
  return write.op('Add', [start, write.op('Add', [write.op('Mul', [row, int(width)]), column])]);
}

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
