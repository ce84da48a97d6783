import { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { zeros } from './gathering.ts';
import { type Window, windowOf } from './window.ts';

/** Each window's gradient goes to its largest element, the first of several. */
export const maxPool: GradientRule = (context) => {
  const window = windowOf(context, context.inputShape(0).slice(2), context.outputShape(0).slice(2));
  return [
    isTiling(window) && context.node.int('storage_order') !== 1
      ? byComparing(context, window)
      : byPlaces(context),
  ];
};

/** Windows that cover everything and do not overlap. */
function isTiling({ kernel, strides, dilations, begins, wide, narrow }: Window): boolean {
  return kernel.every(
    (k, i) =>
      k === strides[i] && (k === 1 || dilations[i] === 1) && begins[i] === 0 && wide[i] === k * narrow[i],
  );
}

/**
 * Where windows tile the map: passes of plain arithmetic, which cost a third of a pool that tells places. An element is
 * largest where x − max is not below 0; of those in a window the one of highest rank, counted down from the first, is meant.
 */
function byComparing(context: GradientContext, window: Window): Value {
  const { write, node } = context;
  const lead = context.inputShape(0).slice(0, 2);
  const spread = (value: Value) => repeated(write, value, lead, window);
  const notBelow = (value: Value, limit: Value, slope: number) =>
    write.op('HardSigmoid', [write.op('Sub', [value, spread(limit)])], {
      alpha: { type: 'FLOAT', value: slope },
      beta: { type: 'FLOAT', value: 1 },
    });
  const largest = notBelow(context.input(0), node.output, 2 ** 126);
  const ranks = write.constant({ dtype: 'float', shape: window.wide, data: ranksOf(window) });
  const ranked = write.op('Mul', [largest, ranks]);
  const first = write.op('MaxPool', [ranked], { kernel_shape: window.kernel, strides: window.strides });
  return write.op('Mul', [notBelow(ranked, first, 1), spread(context.gradient(0)!)]);
}

/** Each element as often as its window is large: [N, C, narrow …] → [N, C, wide …]. */
function repeated(
  write: GraphWriter,
  value: Value,
  lead: readonly number[],
  { kernel, narrow }: Window,
): Value {
  let result = value;
  for (let axis = kernel.length - 1; axis >= 0; axis--) {
    const outer = elementCount([...lead, ...narrow.slice(0, axis + 1)]);
    const inner = elementCount(narrow.slice(axis + 1)) * elementCount(kernel.slice(axis + 1));
    if (kernel[axis] === 1) continue;
    const row = write.reshape(result, [outer, inner]);
    result = write.op('Concat', new Array<Value>(kernel[axis]).fill(row), { axis: 1 });
  }
  return write.reshape(result, [...lead, ...narrow.map((n, i) => n * kernel[i])]);
}

/** Over the map: how many elements of its window come behind an element, and itself. */
function ranksOf({ kernel, wide }: Window): Float32Array<ArrayBuffer> {
  const data = new Float32Array(elementCount(wide));
  for (const i of data.keys()) {
    let [rest, index, size] = [i, 0, 1];
    for (let axis = wide.length - 1; axis >= 0; axis--) {
      index += ((rest % wide[axis]) % kernel[axis]) * size;
      size *= kernel[axis];
      rest = Math.floor(rest / wide[axis]);
    }
    data[i] = size - index;
  }
  return data;
}

/**
 * The place of the largest element in the flat tensor is what the pool's second output tells; the forward node is given one
 * where it has none. Overlapping windows add up.
 */
function byPlaces(context: GradientContext): Value {
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
  return write.reshape(sums, shape);
}

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
