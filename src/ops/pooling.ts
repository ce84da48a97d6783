import { axesKept } from './axes-kept.ts';
import { type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { qlinear } from './codes-forms.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';
import { spatialAttributes, spatialLength } from './spatial.ts';

function inferPool({ node, type }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [];
  const spatial = data.shape.slice(2);
  const attributes = spatialAttributes(node, spatial.length);
  const ceil = node.int('ceil_mode') === 1;
  const lengths = spatial.map((n, axis) => spatialLength(n, attributes, axis, ceil));
  return [{ ...data, shape: [data.shape[0], data.shape[1], ...lengths] }];
}

/** The second output holds positions. */
function inferMaxPool(context: InferenceContext) {
  const [pooled] = inferPool(context);
  return pooled ? [pooled, { ...pooled, dtype: 'int64' as const }] : [];
}

function inferGlobalPool({ type }: InferenceContext) {
  const data = type(0);
  return data?.shape ? [{ ...data, shape: data.shape.map((n, axis) => (axis < 2 ? n : 1)) }] : [];
}

/** The length undoes the pool's: (in − 1) · stride + kernel − pads, where no third input states it. */
function inferUnpool({ node, type, integers }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [];
  if (node.inputs[2]) return [{ ...data, shape: integers(2) ?? data.shape.map(() => null) }];
  const { kernel, strides, pads } = spatialAttributes(node, data.shape.length - 2);
  const lengths = data.shape
    .slice(2)
    .map((n, i) =>
      typeof n === 'number' ? (n - 1) * strides[i] + kernel[i] - pads[i] - pads[kernel.length + i] : null,
    );
  return [{ ...data, shape: [data.shape[0], data.shape[1], ...lengths] }];
}

/** Regions [R, 4] of [N, C, H, W] give [R, C, height, width]. */
function inferRoiAlign({ node, type }: InferenceContext) {
  const [data, regions] = [type(0), type(1)];
  if (!data) return [];
  const size = [node.int('output_height') ?? 1, node.int('output_width') ?? 1];
  return [{ ...data, shape: [regions?.shape?.[0] ?? null, data.shape?.[1] ?? null, ...size] }];
}

const axesOfPool = (context: AxesContext) => axesKept(context, (axis) => axis > 1);

function axesOfGlobalPool({ inputShape }: AxesContext): AxisMap | undefined {
  return inputShape(0)?.map((_, axis) =>
    axis < 2
      ? { kind: 'same', places: [inputAxis(0, axis), outputAxis(0, axis)] }
      : { kind: 'reduced', places: [inputAxis(0, axis)], isSum: false },
  );
}

function axesOfRoiAlign(): AxisMap {
  return [
    { kind: 'same', places: [inputAxis(1, 0), inputAxis(2, 0), outputAxis(0, 0)] },
    { kind: 'same', places: [inputAxis(0, 1), outputAxis(0, 1)] },
  ];
}

export const poolingOps: readonly Op[] = [
  { type: 'MaxPool', domain: '', infer: inferMaxPool, axes: axesOfPool, role: { kind: 'pass' } },
  {
    type: 'AveragePool',
    domain: '',
    infer: inferPool,
    axes: axesOfPool,
    role: { kind: 'computed' },
    onCodes: qlinear('QLinearAveragePool'),
  },
  { type: 'LpPool', domain: '', infer: inferPool, axes: axesOfPool },
  {
    type: 'GlobalAveragePool',
    domain: '',
    infer: inferGlobalPool,
    axes: axesOfGlobalPool,
    role: { kind: 'computed' },
    onCodes: qlinear('QLinearGlobalAveragePool'),
  },
  { type: 'GlobalMaxPool', domain: '', infer: inferGlobalPool, axes: axesOfGlobalPool },
  { type: 'GlobalLpPool', domain: '', infer: inferGlobalPool, axes: axesOfGlobalPool },
  { type: 'MaxUnpool', domain: '', infer: inferUnpool, axes: axesOfPool },
  {
    type: 'RoiAlign',
    domain: '',
    infer: inferRoiAlign,
    axes: axesOfRoiAlign,
    upgrades: {
      // Half-pixel coordinates became the default.
      16: ({ node }) => {
        if (node.attributes.has('coordinate_transformation_mode')) return;
        const value = new TextEncoder().encode('output_half_pixel');
        node.attributes.set('coordinate_transformation_mode', { type: 'STRING', value });
      },
    },
  },
];
