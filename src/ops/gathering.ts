import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { axesKept } from './axes-kept.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op, WeightRole } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

function inferGather({ node, type }: InferenceContext) {
  const data = type(0);
  const indices = type(1);
  if (!data?.shape || !indices?.shape) return [data && { ...data, shape: undefined }];
  const axis = normalizeAxis(node.int('axis') ?? 0, data.shape.length);
  return [
    { ...data, shape: [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)] },
  ];
}

/** Single lengths taken out of a shape. */
function gatherElements({ node, dims, integers }: InferenceContext): Dimension[] | undefined {
  const list = dims(0);
  const indices = integers(1);
  if (!list || !indices || (node.int('axis') ?? 0) > 0) return undefined;
  return indices.map((i) => list[normalizeAxis(i, list.length)] ?? null);
}

function axesOfGather({ node, inputShape, integers }: AxesContext): AxisMap | undefined {
  const [data, indices] = [inputShape(0), inputShape(1)];
  if (!data || !indices) return undefined;
  const gathered = normalizeAxis(node.int('axis') ?? 0, data.length);
  const links = data.flatMap((_, axis): AxisLink[] => {
    if (axis === gathered) return [];
    const after = axis < gathered ? axis : axis + indices.length - 1;
    return [{ kind: 'same', places: [inputAxis(0, axis), outputAxis(0, after)] }];
  });
  const list = integers(1);
  if (list && indices.length === 1) {
    const n = data[gathered];
    const isKnown = typeof n === 'number' || list.every((i) => i >= 0);
    const picked = list.map((i) => (i < 0 ? i + Number(n) : i));
    const [from, to] = [inputAxis(0, gathered), outputAxis(0, gathered)];
    return isKnown ? [...links, { kind: 'picked', from, to, indices: { list: picked } }] : links;
  }
  const lookedUp = indices.map((_, i): AxisLink => {
    return { kind: 'same', places: [inputAxis(1, i), outputAxis(0, gathered + i)] };
  });
  return [...links, ...lookedUp];
}

function inferGatherElements({ type }: InferenceContext) {
  const data = type(0);
  return [data && { ...data, shape: type(1)?.shape }];
}

/** data [batch…, D1, D2, …], indices [batch…, …, k] give [batch…, …, what k indices leave of data]. */
function inferGatherND({ node, type }: InferenceContext) {
  const data = type(0);
  const indices = type(1)?.shape;
  const depth = indices?.at(-1);
  if (!data?.shape || typeof depth !== 'number' || !indices) return [data && { ...data, shape: undefined }];
  const batch = node.int('batch_dims') ?? 0;
  return [{ ...data, shape: [...indices.slice(0, -1), ...data.shape.slice(batch + depth)] }];
}

function scattered(context: AxesContext): AxisMap | undefined {
  const axis = context.node.int('axis') ?? 0;
  return axesKept(context, (own, rank) => own === normalizeAxis(axis, rank));
}

function lookupTable(node: Node): WeightRole {
  const rank = (node.inputs[0] && constantOf(node.inputs[0])?.shape.length) ?? 0;
  const axis = rank > 0 ? normalizeAxis(node.int('axis') ?? 0, rank) : 0;
  return { input: 0, ownAxes: [axis], lookup: { axis } };
}

export const gatheringOps: readonly Op[] = [
  {
    type: 'Gather',
    domain: '',
    infer: inferGather,
    elements: gatherElements,
    axes: axesOfGather,
    role: { kind: 'pass' },
    weights: (node) => [lookupTable(node)],
  },
  { type: 'GatherElements', domain: '', infer: inferGatherElements, role: { kind: 'pass' } },
  { type: 'GatherND', domain: '', infer: inferGatherND, role: { kind: 'pass' } },
  {
    type: 'Scatter',
    domain: '',
    infer: sameAsInput,
    axes: scattered,
    upgrades: {
      // Only the name changed.
      11: ({ node }) => {
        node.opType = 'ScatterElements';
      },
    },
  },
  { type: 'ScatterElements', domain: '', infer: sameAsInput, axes: scattered },
  { type: 'ScatterND', domain: '', infer: sameAsInput },
  { type: 'TensorScatter', domain: '', infer: sameAsInput },
];
