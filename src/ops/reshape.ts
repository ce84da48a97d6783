import type { Dimension, Shape } from '../onnx/ir/type.ts';
import { axesOf, axesToInput } from './axes-input.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { axesOfReshape } from './axes-of-reshape.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { broadcast } from './broadcast.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';

function inferReshape({ node, type, integers, dims }: InferenceContext) {
  const data = type(0);
  const wanted = node.ints('shape') ?? integers(1) ?? dims(1);
  if (!data) return [];
  if (!wanted) return [{ ...data, shape: rankOfShapeInput(type(1)?.shape) }];
  const copied = wanted.map((n, i) =>
    n === 0 && node.int('allowzero') !== 1 ? (data.shape?.[i] ?? null) : n,
  );
  return [{ ...data, shape: copied.map((n) => (n === -1 ? restOf(data.shape, copied) : n)) }];
}

/** A shape of unknown lengths still tells the rank. */
function rankOfShapeInput(shape: Shape | undefined): Dimension[] | undefined {
  const rank = shape?.[0];
  return typeof rank === 'number' ? new Array<Dimension>(rank).fill(null) : undefined;
}

/** The length that −1 stands for: what is left of all elements; equal symbols on both sides cancel. */
function restOf(from: Shape | undefined, to: readonly Dimension[]): Dimension {
  if (!from) return null;
  const left = [...from];
  let divisor = 1;
  for (const dim of to) {
    if (dim === -1) continue;
    if (typeof dim === 'number') divisor *= dim;
    else if (dim === null || !left.includes(dim)) return null;
    else left.splice(left.indexOf(dim), 1);
  }
  const symbols = left.filter((dim) => typeof dim !== 'number');
  const product = left.reduce<number>((total, dim) => total * (typeof dim === 'number' ? dim : 1), 1);
  if (symbols.length === 1 && product === divisor) return symbols[0];
  return symbols.length === 0 && divisor > 0 && product % divisor === 0 ? product / divisor : null;
}

function inferFlatten({ node, type }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [data && { ...data, shape: [null, null] }];
  const axis = normalizeAxis(node.int('axis') ?? 1, data.shape.length);
  return [{ ...data, shape: [product(data.shape.slice(0, axis)), product(data.shape.slice(axis))] }];
}

function product(dims: Shape): Dimension {
  if (dims.every((n) => typeof n === 'number')) return dims.reduce((a, b) => a * b, 1);
  const others = dims.filter((n) => n !== 1);
  return others.length === 1 ? others[0] : null;
}

function inferUnsqueeze(context: InferenceContext) {
  const data = context.type(0);
  const axes = axesOf(context);
  if (!data?.shape || !axes) return [data && { ...data, shape: undefined }];
  const rank = data.shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...data.shape];
  return [
    { ...data, shape: Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? null))) },
  ];
}

function inferSqueeze(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return [data];
  const { shape } = data;
  const axes = axesOf(context);
  if (!axes && (context.node.inputs[1] || shape.some((n) => typeof n !== 'number')))
    return [{ ...data, shape: undefined }];
  const removed = axes?.map((axis) => normalizeAxis(axis, shape.length));
  return [{ ...data, shape: shape.filter((n, i) => (removed ? !removed.includes(i) : n !== 1)) }];
}

function inferExpand({ type, integers, dims }: InferenceContext) {
  const data = type(0);
  return [data && { ...data, shape: broadcast([data.shape, integers(1) ?? dims(1)]) }];
}

function inferTile({ type, integers }: InferenceContext) {
  const data = type(0);
  const repeats = integers(1);
  const shape = data?.shape?.map((n, i) => {
    const count = repeats?.[i];
    if (typeof n === 'number' && count !== undefined) return n * count;
    return count === 1 ? n : null;
  });
  return [data && { ...data, shape }];
}

function axesOfTile({ inputShape, integers }: AxesContext): AxisMap | undefined {
  const repeats = integers(1);
  return inputShape(0)?.flatMap((_, axis): AxisLink[] => {
    const count = repeats?.[axis];
    const [part, whole] = [inputAxis(0, axis), outputAxis(0, axis)];
    if (count === undefined) return [];
    return count === 1
      ? [{ kind: 'same', places: [part, whole] }]
      : [{ kind: 'repeated', part, whole, count, order: 'blocks' }];
  });
}

const reshaped = ({ inputShape, outputShape }: AxesContext) => axesOfReshape(inputShape(0), outputShape(0));
/** A shape of one element: moves of scalars and vectors leave the elements of shape arithmetic alone. */
const elements = ({ dims }: InferenceContext) => dims(0);
/** Since 13, `axes` is an input. */
const upgrades = { 13: axesToInput };

export const reshapeOps: readonly Op[] = [
  { type: 'Reshape', domain: '', infer: inferReshape, elements, axes: reshaped, role: { kind: 'pass' } },
  { type: 'Flatten', domain: '', infer: inferFlatten, axes: reshaped, role: { kind: 'pass' } },
  {
    type: 'Unsqueeze',
    domain: '',
    infer: inferUnsqueeze,
    elements,
    axes: reshaped,
    role: { kind: 'pass' },
    upgrades,
  },
  {
    type: 'Squeeze',
    domain: '',
    infer: inferSqueeze,
    elements,
    axes: reshaped,
    role: { kind: 'pass' },
    upgrades,
  },
  {
    type: 'Expand',
    domain: '',
    role: { kind: 'pass' },
    infer: inferExpand,
    axes: (context) =>
      axesOfElementwise({ ...context, inputShape: (i) => (i === 0 ? context.inputShape(0) : []) }),
  },
  { type: 'Tile', domain: '', infer: inferTile, axes: axesOfTile, role: { kind: 'pass' } },
];
