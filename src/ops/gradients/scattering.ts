import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { flatRows, zeros } from './gathering.ts';

/** A scatter as one along an axis: what is written into, where, and what is written. */
interface Scatter {
  readonly axis: number;
  readonly data: Value;
  readonly indices: Value;
  readonly updates: Value;
  readonly result: Value;
  readonly dy: Value;
  readonly shape: readonly number[];
  readonly updatesShape: readonly number[];
}

/** Gradients of data and updates. */
type Shares = readonly [data: Value, updates: Value];

const scatterElements: GradientRule = (context) => {
  const { node } = context;
  const [data, updates] = sharesOf(context, {
    axis: node.int('axis') ?? 0,
    data: context.input(0),
    indices: context.input(1),
    updates: context.input(2),
    result: node.output,
    dy: context.gradient(0)!,
    shape: context.inputShape(0),
    updatesShape: context.inputShape(1),
  });
  return [data, undefined, updates];
};

/** Index tuples become numbers of rows of the flattened data: ScatterND races where indices repeat (onnxruntime #18048). */
const scatterNd: GradientRule = (context) => {
  const { node, write } = context;
  const [shape, indexShape] = [context.inputShape(0), context.inputShape(1)];
  const depth = indexShape.at(-1)!;
  const [rows, inner] = [elementCount(shape.slice(0, depth)), elementCount(shape.slice(depth))];
  const count = elementCount(indexShape.slice(0, -1));
  const row = write.reshape(flatRows(context, shape, { batch: 0, depth }), [count, 1]);
  const flat = (value: Value) => write.reshape(value, [rows, inner]);
  const [data, updates] = sharesOf(context, {
    axis: 0,
    data: flat(context.input(0)),
    indices: write.op('Expand', [row, write.ints([count, inner])]),
    updates: write.reshape(context.input(2), [count, inner]),
    result: flat(node.output),
    dy: flat(context.gradient(0)!),
    shape: [rows, inner],
    updatesShape: [count, inner],
  });
  return [write.reshape(data, shape), undefined, write.reshape(updates, context.inputShape(2))];
};

function sharesOf(context: GradientContext, scatter: Scatter): Shares {
  const { write, node } = context;
  const { axis, indices, dy, updatesShape } = scatter;
  const gathered = (value: Value) => write.op('GatherElements', [value, indices], { axis });
  const reduction = node.string('reduction') ?? 'none';
  if (reduction === 'add') return [dy, gathered(dy)];
  if (reduction === 'mul') return sharesOfProduct(context, scatter);
  if (reduction === 'max' || reduction === 'min') return sharesOfExtremum(context, scatter);
  const cut = write.op('ScatterElements', [dy, indices, zeros(write, updatesShape)], { axis });
  return [cut, gathered(dy)];
}

/** y = x · Π u: dx = dy · Π u; du = dy · y / u, of which 0 / 0 counts as 0. */
function sharesOfProduct({ write }: GradientContext, scatter: Scatter): Shares {
  const { axis, indices, updates, result, dy, shape } = scatter;
  const ones = write.op('Expand', [write.scalar(1), write.ints(shape)]);
  const product = write.op('ScatterElements', [ones, indices, updates], { axis, reduction: 'mul' });
  const whole = write.op('GatherElements', [write.op('Mul', [dy, result]), indices], { axis });
  const isZero = write.op('Equal', [updates, write.scalar(0)]);
  const divisor = write.op('Where', [isZero, write.scalar(1), updates]);
  return [write.op('Mul', [dy, product]), write.op('Div', [whole, divisor])];
}

/** Those that tie share evenly. */
function sharesOfExtremum({ write }: GradientContext, scatter: Scatter): Shares {
  const { axis, data, indices, updates, result, dy } = scatter;
  const gathered = (value: Value) => write.op('GatherElements', [value, indices], { axis });
  const kept = write.cast(write.op('Equal', [data, result]), 'float');
  const hits = write.cast(write.op('Equal', [updates, gathered(result)]), 'float');
  const counts = write.op('ScatterElements', [kept, indices, hits], { axis, reduction: 'add' });
  const share = write.op('Div', [dy, counts]);
  return [write.op('Mul', [share, kept]), write.op('Mul', [gathered(share), hits])];
}

export const scatteringGradients: GradientRules = { ScatterElements: scatterElements, ScatterND: scatterNd };
