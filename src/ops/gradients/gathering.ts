import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { normalizeAxis } from '../normalize-axis.ts';

/** A tensor of zeros, made at run time so that the graph stays small. */
export function zeros(write: GraphWriter, shape: readonly number[]): Value {
  return write.op('Expand', [write.scalar(0), write.ints(shape)]);
}

/** Element i along `axis` is added to element `sources[i]` of a result that has `length` there. */
export function scatterAlongAxis(
  write: GraphWriter,
  value: Value,
  {
    shape,
    axis,
    sources,
    length,
  }: { shape: readonly number[]; axis: number; sources: readonly number[]; length: number },
): Value {
  const indices = write.reshape(
    write.ints(sources),
    shape.map((n, i) => (i === axis ? n : 1)),
  );
  const target = shape.map((n, i) => (i === axis ? length : n));
  const everywhere = write.op('Expand', [indices, write.ints(shape)]);
  return write.op('ScatterElements', [zeros(write, target), everywhere, value], { axis, reduction: 'add' });
}

/**
 * Rows of dy are added to the rows they were taken from. ScatterElements, not ScatterND: that one races where indices
 * repeat (onnxruntime #18048).
 */
const gather: GradientRule = (context) => {
  const { write, node } = context;
  const [shape, indexShape] = [context.inputShape(0), context.inputShape(1)];
  const axis = normalizeAxis(node.int('axis') ?? 0, shape.length);
  const count = elementCount(indexShape);
  const flat = [...shape.slice(0, axis), count, ...shape.slice(axis + 1)];
  const indices = write.reshape(
    nonNegative(context, shape[axis]),
    flat.map((n, i) => (i === axis ? n : 1)),
  );
  const everywhere = write.op('Expand', [indices, write.ints(flat)]);
  const updates = write.reshape(context.gradient(0)!, flat);
  return [
    write.op('ScatterElements', [zeros(write, shape), everywhere, updates], { axis, reduction: 'add' }),
  ];
};

/** Indices count from the end where they are negative. */
function nonNegative(context: GradientContext, length: number, input = 1): Value {
  const { write } = context;
  const indices = write.cast(context.input(input), 'int64');
  const isNegative = write.op('Less', [indices, write.scalar(0, 'int64')]);
  const wrapped = write.op('Add', [indices, write.scalar(length, 'int64')]);
  return write.op('Where', [isNegative, wrapped, indices]);
}

const gatherElements: GradientRule = (context) => {
  const { write, node } = context;
  const axis = node.int('axis') ?? 0;
  const inputs = [zeros(write, context.inputShape(0)), context.input(1), context.gradient(0)!];
  return [write.op('ScatterElements', inputs, { axis, reduction: 'add' })];
};

/** Index tuples become places in the flattened data, whose rows are then added up as in Gather. */
const gatherNd: GradientRule = (context) => {
  const { write, node } = context;
  const shape = context.inputShape(0);
  const indexShape = context.inputShape(1);
  const batch = node.int('batch_dims') ?? 0;
  const depth = indexShape.at(-1)!;
  const inner = elementCount(shape.slice(batch + depth));
  const rows = elementCount(shape.slice(0, batch + depth));
  const row = flatRows(context, shape, { batch, depth });
  const count = elementCount(indexShape.slice(0, -1));
  const everywhere = write.op('Expand', [write.reshape(row, [count, 1]), write.ints([count, inner])]);
  const updates = write.reshape(context.gradient(0)!, [count, inner]);
  const sums = write.op('ScatterElements', [zeros(write, [rows, inner]), everywhere, updates], {
    axis: 0,
    reduction: 'add',
  });
  return [write.reshape(sums, shape)];
};

/** For each index tuple the number of its row, when the first batch + depth axes are taken as one. */
export function flatRows(
  context: GradientContext,
  shape: readonly number[],
  { batch, depth }: { batch: number; depth: number },
): Value {
  const { write } = context;
  const indexed = shape.slice(batch, batch + depth);
  const lengths = write.ints(indexed);
  const given = write.cast(context.input(1), 'int64');
  const isNegative = write.op('Less', [given, write.scalar(0, 'int64')]);
  const indices = write.op('Where', [isNegative, write.op('Add', [given, lengths]), given]);
  const strides = indexed.map((_, i) => elementCount(indexed.slice(i + 1)));
  const within = write.sum(write.op('Mul', [indices, write.ints(strides)]), [-1], false);
  if (batch === 0) return within;
  const samples = elementCount(shape.slice(0, batch));
  const perSample = elementCount(indexed);
  const offsets = write.ints(Array.from({ length: samples }, (_, i) => i * perSample));
  const rows = write.reshape(within, [samples, -1]);
  return write.op('Add', [rows, write.reshape(offsets, [samples, 1])]);
}

export const gatheringGradients: GradientRules = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
};
