import type { Dimension, Shape } from '../onnx/ir/type.ts';
import { addConstantInput } from './add-constant-input.ts';
import { broadcast } from './broadcast.ts';
import { floatTypeOf } from './float-type-of.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

function inferReshape({ node, type, integers }: InferenceContext) {
  const data = type(0);
  const wanted = integers(1);
  if (!data || !wanted) return [];
  const copied = wanted.map((n, i) =>
    n === 0 && node.int('allowzero') !== 1 ? (data.shape?.[i] ?? null) : n,
  );
  return [{ ...data, shape: copied.map((n) => (n === -1 ? restOf(data.shape, copied) : n)) }];
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
  if (!data?.shape) return [];
  const axis = normalizeAxis(node.int('axis') ?? 1, data.shape.length);
  return [{ ...data, shape: [product(data.shape.slice(0, axis)), product(data.shape.slice(axis))] }];
}

function product(dims: Shape): Dimension {
  if (dims.every((n) => typeof n === 'number')) return dims.reduce((a, b) => a * b, 1);
  const others = dims.filter((n) => n !== 1);
  return others.length === 1 ? others[0] : null;
}

function inferTranspose({ node, type }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [];
  const { shape } = data;
  const perm = node.ints('perm') ?? shape.map((_, i) => shape.length - 1 - i);
  return [{ ...data, shape: perm.map((axis) => shape[axis]) }];
}

function inferConcat({ node, type }: InferenceContext) {
  const first = type(0);
  if (!first?.shape) return [];
  const axis = normalizeAxis(node.int('axis') ?? 0, first.shape.length);
  let length: Dimension = 0;
  for (let i = 0; i < node.inputs.length; i++) {
    const dim: Dimension = type(i)?.shape?.[axis] ?? null;
    length = typeof length === 'number' && typeof dim === 'number' ? length + dim : null;
  }
  return [{ ...first, shape: first.shape.map((n, i) => (i === axis ? length : n)) }];
}

function inferSlice({ node, type, integers }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [];
  const isOld = node.attributes.has('starts');
  const starts = isOld ? node.ints('starts') : integers(1);
  const ends = isOld ? node.ints('ends') : integers(2);
  if (!starts || !ends) return [];
  const axes = (isOld ? node.ints('axes') : node.inputs[3] && integers(3)) ?? [...starts.keys()];
  const steps = (!isOld && node.inputs[4] && integers(4)) || starts.map(() => 1);
  const shape = [...data.shape];
  axes.forEach((given, i) => {
    const axis = normalizeAxis(given, shape.length);
    shape[axis] = sliceLength(shape[axis], starts[i], ends[i], steps[i]);
  });
  return [{ ...data, shape }];
}

/** Length of n[start:end:step]; negative positions count from the end, positions outside are clamped. */
function sliceLength(n: Dimension, start: number, end: number, step: number): Dimension {
  if (typeof n !== 'number') return start === 0 && step === 1 && end === Number.MAX_SAFE_INTEGER ? n : null;
  const clamp = (i: number, low: number, high: number) => Math.min(Math.max(i < 0 ? i + n : i, low), high);
  const from = step > 0 ? clamp(start, 0, n) : clamp(start, 0, n - 1);
  const to = step > 0 ? clamp(end, 0, n) : clamp(end, -1, n - 1);
  return Math.max(0, Math.ceil((to - from) / step));
}

function inferPad({ node, type, integers }: InferenceContext) {
  const data = type(0);
  const pads = node.ints('pads') ?? integers(1);
  if (!data?.shape || !pads || node.inputs[3]) return [];
  const rank = data.shape.length;
  return [
    {
      ...data,
      shape: data.shape.map((n, i) =>
        typeof n === 'number' ? n + pads[i] + pads[rank + i] : pads[i] + pads[rank + i] === 0 ? n : null,
      ),
    },
  ];
}

function axesOf({ node, integers }: InferenceContext): readonly number[] | undefined {
  return node.ints('axes') ?? (node.inputs[1] ? integers(1) : undefined);
}

function inferUnsqueeze(context: InferenceContext) {
  const data = context.type(0);
  const axes = axesOf(context);
  if (!data?.shape || !axes) return [];
  const rank = data.shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...data.shape];
  return [
    { ...data, shape: Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? null))) },
  ];
}

function inferSqueeze(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return [];
  const { shape } = data;
  const axes = axesOf(context);
  if (!axes && (context.node.inputs[1] || shape.some((n) => typeof n !== 'number'))) return [];
  const removed = axes?.map((axis) => normalizeAxis(axis, shape.length));
  return [{ ...data, shape: shape.filter((n, i) => (removed ? !removed.includes(i) : n !== 1)) }];
}

function inferExpand({ type, integers }: InferenceContext) {
  const data = type(0);
  const shape = broadcast([data?.shape, integers(1)]);
  return data && shape ? [{ ...data, shape }] : [];
}

function inferConstantOfShape({ node, integers }: InferenceContext) {
  const value = node.attributes.get('value');
  const dtype = value?.type === 'TENSOR' ? value.value.dtype : 'float';
  return [{ kind: 'tensor' as const, dtype, shape: integers(0) }];
}

function inferGather({ node, type }: InferenceContext) {
  const data = type(0);
  const indices = type(1);
  if (!data?.shape || !indices?.shape) return [];
  const axis = normalizeAxis(node.int('axis') ?? 0, data.shape.length);
  return [
    { ...data, shape: [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)] },
  ];
}

/** Since 13, `axes` is an input. */
const axesToInput: Op['upgrades'] = {
  13: (context) => {
    addConstantInput(context, 1, 'axes', 'int64', context.node.ints('axes'));
    context.node.attributes.delete('axes');
  },
};

export const movementOps: readonly Op[] = [
  { type: 'Reshape', domain: '', infer: inferReshape, role: { kind: 'pass' } },
  { type: 'Flatten', domain: '', infer: inferFlatten, role: { kind: 'pass' } },
  { type: 'Transpose', domain: '', infer: inferTranspose, role: { kind: 'pass' } },
  { type: 'Concat', domain: '', infer: inferConcat, role: { kind: 'computed' } },
  { type: 'Unsqueeze', domain: '', infer: inferUnsqueeze, role: { kind: 'pass' }, upgrades: axesToInput },
  { type: 'Squeeze', domain: '', infer: inferSqueeze, role: { kind: 'pass' }, upgrades: axesToInput },
  { type: 'Gather', domain: '', infer: inferGather },
  { type: 'Expand', domain: '', infer: inferExpand },
  { type: 'ConstantOfShape', domain: '', infer: inferConstantOfShape },
  {
    type: 'Dropout',
    domain: '',
    infer: sameAsInput,
    upgrades: {
      // The ratio became an input.
      12: (context) => {
        addConstantInput(context, 1, 'ratio', floatTypeOf(context), context.node.float('ratio'));
        context.node.attributes.delete('ratio');
      },
    },
  },
  {
    type: 'Split',
    domain: '',
    upgrades: {
      // The lengths became an input.
      13: (context) => {
        addConstantInput(context, 1, 'split', 'int64', context.node.ints('split'));
        context.node.attributes.delete('split');
      },
      // Equal parts must be asked for.
      18: ({ node }) => {
        if (!node.inputs[1]) node.setInt('num_outputs', node.outputs.length);
      },
    },
  },
  {
    type: 'TopK',
    domain: '',
    upgrades: {
      // k became an input.
      10: (context) => {
        const k = context.node.int('k');
        addConstantInput(context, 1, 'k', 'int64', k === undefined ? undefined : [k]);
        context.node.attributes.delete('k');
      },
    },
  },
  {
    type: 'Scatter',
    domain: '',
    infer: sameAsInput,
    upgrades: {
      // Only the name changed.
      11: ({ node }) => {
        node.opType = 'ScatterElements';
      },
    },
  },
  { type: 'ScatterElements', domain: '', infer: sameAsInput },
  { type: 'ScatterND', domain: '', infer: sameAsInput },
  {
    type: 'Slice',
    domain: '',
    infer: inferSlice,
    role: { kind: 'pass' },
    upgrades: {
      // starts, ends and axes became inputs.
      10: (context) => {
        ['starts', 'ends', 'axes'].forEach((name, i) => {
          addConstantInput(context, i + 1, name, 'int64', context.node.ints(name));
          context.node.attributes.delete(name);
        });
      },
    },
  },
  {
    type: 'Pad',
    domain: '',
    infer: inferPad,
    role: { kind: 'pass', fill: 2 },
    upgrades: {
      // pads and value became inputs.
      11: (context) => {
        const { node } = context;
        addConstantInput(context, 1, 'pads', 'int64', node.ints('pads'));
        addConstantInput(context, 2, 'value', floatTypeOf(context), node.float('value'));
        node.attributes.delete('pads');
        node.attributes.delete('value');
      },
    },
  },
];
