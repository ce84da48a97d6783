import type { Dimension } from '../onnx/ir/type.ts';
import { addConstantInput } from './add-constant-input.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { qlinearConcat } from './codes-forms.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';

function inferConcat({ node, type }: InferenceContext) {
  const types = node.inputs.map((_, index) => type(index));
  const known = types.find((t) => t?.shape);
  if (!known?.shape) return [types[0]];
  const axis = normalizeAxis(node.int('axis') ?? 1, known.shape.length);
  const shape = known.shape.map((_, i): Dimension => {
    const lengths = types.map((t) => t?.shape?.[i] ?? null);
    if (i === axis) return sum(lengths);
    // All agree; a number says most.
    return lengths.find((n) => typeof n === 'number') ?? lengths.find((n) => n !== null) ?? null;
  });
  return [{ ...known, shape }];
}

/** Symbols beside nothing but empty parts stay. */
function sum(lengths: readonly Dimension[]): Dimension {
  const others = lengths.filter((n) => n !== 0);
  if (others.every((n) => typeof n === 'number')) return others.reduce((a, b) => a + b, 0);
  return others.length === 1 ? others[0] : null;
}

function concatElements({ node, dims }: InferenceContext) {
  const lists = node.inputs.map((_, index) => dims(index));
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

function axesOfConcat({ node, inputShape, outputShape }: AxesContext): AxisMap | undefined {
  const rank = (inputShape(0) ?? outputShape(0))?.length;
  if (rank === undefined) return undefined;
  const joined = normalizeAxis(node.int('axis') ?? 1, rank);
  return Array.from({ length: rank }, (_, axis): AxisLink => {
    const parts = node.inputs.map((_, index) => inputAxis(index, axis));
    const whole = outputAxis(0, axis);
    return axis === joined
      ? { kind: 'concatenated', parts, whole }
      : { kind: 'same', places: [...parts, whole] };
  });
}

/** Lengths of the parts of a Split; null where unknown. */
function partsOf({ node, integers }: InferenceContext, length: Dimension): readonly Dimension[] {
  const given = node.ints('split') ?? (node.inputs[1] ? integers(1) : undefined);
  const count = node.outputs.length;
  if (given) return given;
  if (node.inputs[1] || typeof length !== 'number') return new Array<Dimension>(count).fill(null);
  // Equal parts; the last takes what is left where they do not come out even.
  const part = Math.ceil(length / (node.int('num_outputs') ?? count));
  return node.outputs.map((_, i) => Math.max(0, Math.min(part, length - i * part)));
}

function inferSplit(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return context.node.outputs.map(() => data);
  const { shape } = data;
  const axis = normalizeAxis(context.node.int('axis') ?? 0, shape.length);
  const parts = partsOf(context, shape[axis]);
  return context.node.outputs.map((_, part) => ({
    ...data,
    shape: shape.map((n, i) => (i === axis ? (parts[part] ?? null) : n)),
  }));
}

function axesOfSplit({ node, inputShape }: AxesContext): AxisMap | undefined {
  const rank = inputShape(0)?.length;
  if (rank === undefined) return undefined;
  const cut = normalizeAxis(node.int('axis') ?? 0, rank);
  return Array.from({ length: rank }, (_, axis): AxisLink => {
    const whole = inputAxis(0, axis);
    const parts = node.outputs.flatMap((value, index) => (value ? [outputAxis(index, axis)] : []));
    return axis === cut ? { kind: 'split', whole, parts } : { kind: 'same', places: [whole, ...parts] };
  });
}

export const joiningOps: readonly Op[] = [
  {
    type: 'Concat',
    domain: '',
    infer: inferConcat,
    elements: concatElements,
    axes: axesOfConcat,
    role: { kind: 'computed' },
    onCodes: qlinearConcat,
  },
  {
    type: 'Split',
    domain: '',
    infer: inferSplit,
    axes: axesOfSplit,
    role: { kind: 'pass', movesToAll: true },
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
];
