import type { Dimension } from '../onnx/ir/type.ts';
import { addConstantInput } from './add-constant-input.ts';
import { axesKept } from './axes-kept.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { floatTypeOf } from './float-type-of.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

function permutation(node: InferenceContext['node'], rank: number): number[] {
  return node.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

function inferTranspose({ node, type }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [data];
  const { shape } = data;
  return [{ ...data, shape: permutation(node, shape.length).map((axis) => shape[axis]) }];
}

function axesOfTranspose({ node, inputShape }: AxesContext): AxisMap | undefined {
  const rank = inputShape(0)?.length;
  if (rank === undefined) return undefined;
  return permutation(node, rank).map((from, to) => ({
    kind: 'same',
    places: [inputAxis(0, from), outputAxis(0, to)],
  }));
}

/** Multiplies or divides lengths, where they are known and come out even. */
function scaled(n: Dimension, factor: number): Dimension {
  if (typeof n !== 'number') return factor === 1 ? n : null;
  return Number.isInteger(n * factor) ? n * factor : null;
}

/** [N, C, H, W] to [N, C / b², H · b, W · b], or back. */
function inferBlocks({ node, type }: InferenceContext, toSpace: boolean) {
  const data = type(0);
  if (data?.shape?.length !== 4) return [data && { ...data, shape: undefined }];
  const block = node.int('blocksize') ?? 1;
  const [n, c, h, w] = data.shape;
  const area = block * block;
  const channels = typeof c === 'number' ? (toSpace ? c / area : c * area) : null;
  const length = (m: Dimension) => (toSpace || typeof m !== 'number' ? scaled(m, block) : m / block);
  return [{ ...data, shape: [n, channels, length(h), length(w)] }];
}

/** DCR holds the blocks one behind the other, CRD a channel's block together. */
function axesOfBlocks({ node }: AxesContext, toSpace: boolean): AxisMap {
  const count = (node.int('blocksize') ?? 1) ** 2;
  const order = toSpace && node.string('mode') === 'CRD' ? 'runs' : 'blocks';
  const [from, to] = [inputAxis(0, 1), outputAxis(0, 1)];
  return [
    { kind: 'same', places: [inputAxis(0, 0), outputAxis(0, 0)] },
    { kind: 'repeated', part: toSpace ? to : from, whole: toSpace ? from : to, count, order },
    ...[2, 3].map((axis): AxisLink => ({ kind: 'mixed', places: [inputAxis(0, axis), outputAxis(0, axis)] })),
  ];
}

/** Columns [N, C · kernel, L] to an image [N, C, image_shape…]. */
function inferCol2Im({ type, integers }: InferenceContext) {
  const data = type(0);
  const [image, block] = [integers(1), integers(2)];
  if (!data?.shape || !image || !block) return [data && { ...data, shape: undefined }];
  const columns = data.shape[1];
  const channels = typeof columns === 'number' ? columns / block.reduce((a, b) => a * b, 1) : null;
  return [{ ...data, shape: [data.shape[0], channels, ...image] }];
}

function axesOfSequenceReversal(context: AxesContext): AxisMap | undefined {
  const { node } = context;
  return axesKept(context, (axis) => axis === (node.int('time_axis') ?? 0));
}

/** The mask is a second output: truth values, before 10 of the data's type. */
function inferDropout({ opset, type }: InferenceContext) {
  const data = type(0);
  return [data, data && (opset >= 10 ? { ...data, dtype: 'bool' as const } : data)];
}

export const movementOps: readonly Op[] = [
  {
    type: 'Identity',
    domain: '',
    infer: sameAsInput,
    elements: ({ dims }) => dims(0),
    axes: (context) => axesKept(context),
  },
  { type: 'Transpose', domain: '', infer: inferTranspose, axes: axesOfTranspose, role: { kind: 'pass' } },
  {
    type: 'DepthToSpace',
    domain: '',
    infer: (context) => inferBlocks(context, true),
    axes: (context) => axesOfBlocks(context, true),
    role: { kind: 'pass' },
  },
  {
    type: 'SpaceToDepth',
    domain: '',
    infer: (context) => inferBlocks(context, false),
    axes: (context) => axesOfBlocks(context, false),
    role: { kind: 'pass' },
  },
  { type: 'Col2Im', domain: '', infer: inferCol2Im },
  { type: 'ReverseSequence', domain: '', infer: sameAsInput, axes: axesOfSequenceReversal },
  {
    type: 'Trilu',
    domain: '',
    infer: sameAsInput,
    axes: (context) => axesKept(context, (axis, rank) => axis >= normalizeAxis(-2, rank)),
  },
  {
    type: 'Dropout',
    domain: '',
    // It may be told to train.
    keepsItsPlace: true,
    infer: inferDropout,
    axes: (context) => axesKept(context),
    upgrades: {
      // The ratio became an input.
      12: (context) => {
        addConstantInput(context, 1, 'ratio', floatTypeOf(context), context.node.float('ratio'));
        context.node.attributes.delete('ratio');
      },
    },
  },
];
