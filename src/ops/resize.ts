import { Node } from '../onnx/ir/node.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { Value } from '../onnx/ir/value.ts';
import { addConstantInput } from './add-constant-input.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op, UpgradeContext } from './op.ts';

/** Lengths are known where `sizes` is (inputs: X, roi, scales, sizes; before 11: X, scales). */
function inferResize({ node, type, integers, numbers }: InferenceContext) {
  const data = type(0);
  if (!data?.shape) return [data];
  const { shape } = data;
  const rank = shape.length;
  const axes = (node.ints('axes') ?? shape.map((_, i) => i)).map((axis) => normalizeAxis(axis, rank));
  const scales = numbers(node.inputs.length === 2 ? 1 : 2);
  const sizes = node.inputs[3] ? lengthsOfSizes(node, shape, axes, integers(3)) : undefined;
  return [{ ...data, shape: shape.map((n, axis) => lengthOf(n, axes.indexOf(axis))) }];

  function lengthOf(n: Dimension, at: number): Dimension {
    if (at < 0) return n;
    if (sizes) return sizes[at] ?? null;
    return node.inputs[3] ? null : scaled(n, scales?.[at]);
  }
}

/** ONNX Runtime multiplies in float32: 100 · 0.29 is 29 there, and 28.99… in float64. */
function scaled(n: Dimension, scale: number | undefined): Dimension {
  if (scale === 1) return n;
  return typeof n === 'number' && scale !== undefined ? Math.floor(Math.fround(n * scale)) : null;
}

/** What becomes of `axes`: the sizes asked for, or one scale for all where the aspect ratio is kept. */
function lengthsOfSizes(
  node: Node,
  shape: readonly Dimension[],
  axes: readonly number[],
  sizes: readonly number[] | undefined,
): readonly Dimension[] | undefined {
  const policy = node.string('keep_aspect_ratio_policy') ?? 'stretch';
  if (policy === 'stretch' || !sizes) return sizes;
  const lengths = axes.map((axis) => shape[axis]).filter((n) => typeof n === 'number');
  if (lengths.length < axes.length) return undefined;
  const ratios = sizes.map((size, i) => Math.fround(size / lengths[i]));
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  // Halves go up, as ONNX defines it.
  return lengths.map((n) => Math.floor(Math.fround(n * scale) + 0.5));
}

/** Upsample 9: X, scales; 7: attribute `scales`. */
function inferUpsample({ node, type, numbers }: InferenceContext) {
  const data = type(0);
  const attribute = node.attributes.get('scales');
  const scales = attribute?.type === 'FLOATS' ? attribute.value : numbers(1);
  return [data && { ...data, shape: data.shape?.map((n, axis) => scaled(n, scales?.[axis])) }];
}

/** Batch and channels keep their elements where their lengths stay; others are sampled anew. */
function axesOfResize({ inputShape, outputShape }: AxesContext): AxisMap | undefined {
  const [from, to] = [inputShape(0), outputShape(0)];
  return from?.map((n, axis): AxisLink => {
    const isKept = n !== null && n === to?.[axis];
    return { kind: isKept ? 'same' : 'mixed', places: [inputAxis(0, axis), outputAxis(0, axis)] };
  });
}

function string(text: string) {
  return { type: 'STRING' as const, value: new TextEncoder().encode(text) };
}

/**
 * Resize 10 has one grid of coordinates: index / scale, and takes the nearest by cutting down where an axis grows, by
 * cutting up where it shrinks. Where some grow and others shrink, two nodes do it one after the other: the indices of an
 * axis do not depend on the others'.
 */
function toResize11(context: UpgradeContext): void {
  const { node, graph } = context;
  const scales = context.numbers(1);
  node.setInputs([node.inputs[0], undefined, node.inputs[1]]);
  node.attributes.set('coordinate_transformation_mode', string('asymmetric'));
  if ((node.string('mode') ?? 'nearest') !== 'nearest') return;
  const isShrinking = scales?.some((scale) => scale < 1) ?? false;
  node.attributes.set('nearest_mode', string(isShrinking ? 'ceil' : 'floor'));
  if (!isShrinking || !scales?.some((scale) => scale > 1)) return;
  const { output } = node;
  const between = new Value(graph.freshName(`${output.name}_grown`));
  const grow = new Node({
    opType: 'Resize',
    inputs: [node.inputs[0]],
    outputs: [between],
    attributes: [...node.attributes, ['nearest_mode', string('floor')]],
  });
  graph.add(grow);
  node.setInput(0, between);
  addConstantInput(
    { ...context, node: grow },
    2,
    'scales',
    'float',
    scales.map((scale) => Math.max(scale, 1)),
  );
  addConstantInput(
    context,
    2,
    'scales',
    'float',
    scales.map((scale) => Math.min(scale, 1)),
  );
}

export const resizeOps: readonly Op[] = [
  {
    type: 'Resize',
    domain: '',
    readsFloats: true,
    infer: inferResize,
    axes: axesOfResize,
    role: {
      kind: 'pass',
      refuses: (node) =>
        (node.string('mode') ?? 'nearest') === 'nearest'
          ? undefined
          : 'it makes new values between those it is given',
    },
    upgrades: { 11: toResize11 },
  },
  {
    type: 'Upsample',
    domain: '',
    readsFloats: true,
    infer: inferUpsample,
    axes: axesOfResize,
    upgrades: {
      9: (context) => {
        const scales = context.node.attributes.get('scales');
        if (scales?.type === 'FLOATS') addConstantInput(context, 1, 'scales', 'float', scales.value);
        context.node.attributes.delete('scales');
      },
      10: ({ node }) => {
        node.opType = 'Resize';
      },
    },
  },
  {
    type: 'GridSample',
    domain: '',
    infer: ({ type }) => {
      const [data, grid] = [type(0), type(1)?.shape];
      const shape = data?.shape && grid && [...data.shape.slice(0, 2), ...grid.slice(1, -1)];
      return [data && { ...data, shape }];
    },
    axes: (): AxisMap => [
      { kind: 'same', places: [inputAxis(0, 0), inputAxis(1, 0), outputAxis(0, 0)] },
      { kind: 'same', places: [inputAxis(0, 1), outputAxis(0, 1)] },
    ],
    upgrades: {
      // Two modes were renamed.
      20: ({ node }) => {
        const names: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };
        const mode = node.string('mode') ?? 'bilinear';
        node.attributes.set('mode', string(names[mode] ?? mode));
      },
    },
  },
  {
    // theta [N, 2, 3] and size [N, C, H, W] give [N, H, W, 2]; one axis more in space.
    type: 'AffineGrid',
    domain: '',
    infer: ({ type, integers, dims }) => {
      const theta = type(0);
      const size = integers(1) ?? dims(1);
      return [theta && { ...theta, shape: size && [size[0], ...size.slice(2), size.length - 2] }];
    },
  },
];
