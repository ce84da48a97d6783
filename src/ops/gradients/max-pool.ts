import type { Node } from '../../onnx/ir/node.ts';
import { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { shapeOf } from '../composite-ops.ts';
import type { GradientContext, GradientRule } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { zeros } from './gathering.ts';
import { type Window, windowOf } from './window.ts';

/** Each window's gradient goes to its largest element, the first of several. */
export const maxPool: GradientRule = (context) => {
  const window = windowOf(context, context.inputShape(0).slice(2), context.outputShape(0).slice(2));
  if (!isTiling(window) || context.node.int('storage_order') === 1) return [byPlaces(context)];
  const values = [context.gradient(0)!, context.input(0), context.node.output];
  return context.write.composite('MaxPoolGradient', values, [context.inputShape(0)], {
    kernel: window.kernel,
    narrow: window.narrow,
  });
};

/** Windows that cover everything and do not overlap. */
function isTiling({ kernel, strides, dilations, begins, wide, narrow }: Window): boolean {
  return kernel.every(
    (k, i) =>
      k === strides[i] && (k === 1 || dilations[i] === 1) && begins[i] === 0 && wide[i] === k * narrow[i],
  );
}

/** Of windows that tile the map. */
export function expandMaxPoolGradient(node: Node, write: GraphWriter): (() => Value)[] {
  const [dy, x, y] = node.inputs.map((value) => value!);
  const shape = node.ints(shapeOf(0))!;
  const tiling = { kernel: node.ints('kernel')!, narrow: node.ints('narrow')!, wide: shape.slice(2) };
  const pool = (value: Value) =>
    write.op('MaxPool', [value], { kernel_shape: tiling.kernel, strides: tiling.kernel });
  return [() => tilingGradient(write, { dy, x, y, shape, inner: 1, tiling, pool })];
}

/** Windows side by side over a map. */
export interface Tiling {
  readonly kernel: readonly number[];
  readonly wide: readonly number[];
  readonly narrow: readonly number[];
}

interface TilingGradient {
  /** [maps, narrow …, inner] in memory, whatever shape it bears; so is y. */
  readonly dy: Value;
  readonly y: Value;
  /** [maps, wide …, inner] in memory. */
  readonly x: Value;
  /** That x bears, and dX shall bear. */
  readonly shape: readonly number[];
  /** Numbers that lie side by side at each place. */
  readonly inner: number;
  readonly tiling: Tiling;
  /** The pool of a value of `shape`. */
  readonly pool: (value: Value) => Value;
}

/**
 * Where windows tile the map: passes of plain arithmetic, which cost a third of a pool that tells places. An element is
 * largest where x − max is not below 0; of those in a window the one of highest rank, counted down from the first, is meant.
 */
export function tilingGradient(
  write: GraphWriter,
  { dy, x, y, shape, inner, tiling, pool }: TilingGradient,
): Value {
  const { kernel, wide } = tiling;
  const row = elementCount(wide.slice(1)) * inner;
  // Windows lie in bands of rows: over the rows of a band the engine spreads by itself, in long runs.
  const bands = [elementCount(shape) / (kernel[0] * row), kernel[0], row];
  const spread = (value: Value) =>
    write.reshape(repeated(write, value, bands[0], inner, tiling), [bands[0], 1, row]);
  const notBelow = (value: Value, limit: Value, slope: number) =>
    write.op('HardSigmoid', [write.op('Sub', [value, spread(limit)])], {
      alpha: { type: 'FLOAT', value: slope },
      beta: { type: 'FLOAT', value: 1 },
    });
  const largest = notBelow(write.reshape(x, bands), y, 2 ** 126);
  const ranks = write.constant({ dtype: 'float', shape: [kernel[0], row], data: ranksOf(tiling, inner) });
  const ranked = write.op('Mul', [largest, ranks]);
  const first = pool(write.reshape(ranked, shape));
  return write.reshape(write.op('Mul', [notBelow(ranked, first, 1), spread(dy)]), shape);
}

/** Each place as often as its window is long, along all axes but the first: [bands, narrow …, inner] → [bands, wide …, inner]. */
function repeated(
  write: GraphWriter,
  value: Value,
  bands: number,
  inner: number,
  { kernel, narrow }: Tiling,
): Value {
  let result = value;
  for (let axis = kernel.length - 1; axis > 0; axis--) {
    const before = bands * elementCount(narrow.slice(1, axis + 1));
    const behind = elementCount(narrow.slice(axis + 1)) * elementCount(kernel.slice(axis + 1)) * inner;
    if (kernel[axis] === 1) continue;
    const row = write.reshape(result, [before, behind]);
    result = write.op('Concat', new Array<Value>(kernel[axis]).fill(row), { axis: 1 });
  }
  return result;
}

/** Over a band: how many elements of its window come behind an element, and itself; for each of `inner` maps in between. */
function ranksOf({ kernel, wide }: Tiling, inner: number): Float32Array<ArrayBuffer> {
  const lengths = [kernel[0], ...wide.slice(1)];
  const data = new Float32Array(elementCount(lengths) * inner);
  for (const i of data.keys()) {
    let [rest, index, size] = [Math.floor(i / inner), 0, 1];
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      index += ((rest % lengths[axis]) % kernel[axis]) * size;
      size *= kernel[axis];
      rest = Math.floor(rest / lengths[axis]);
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
