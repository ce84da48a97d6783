import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import type { GraphWriter } from '../graph-writer.ts';
import { normalizeAxis } from '../normalize-axis.ts';
import { type Interpolation, interpolationMatrix } from './interpolation-matrix.ts';
import { multiplyAlongAxis } from './multiply-along-axis.ts';

/** Along each axis y = M · x with a matrix that only lengths decide, so dx = Mᵀ · dy, axis by axis. */
const resize: GradientRule = (context) => {
  const shape = [...context.outputShape(0)];
  let value = context.gradient(0)!;
  for (const [axis, interpolation] of interpolationsOf(context).entries()) {
    if (!interpolation) continue;
    value = backAlongAxis(context.write, value, shape, axis, interpolation);
    shape[axis] = interpolation.from;
  }
  return [value];
};

function backAlongAxis(
  write: GraphWriter,
  value: Value,
  shape: readonly number[],
  axis: number,
  interpolation: Interpolation,
): Value {
  const { from, to } = interpolation;
  const matrix = interpolationMatrix(interpolation);
  if (isRepetition(matrix, interpolation)) {
    const split = [...shape.slice(0, axis), from, to / from, ...shape.slice(axis + 1)];
    return write.sum(write.reshape(value, split), [axis + 1], false);
  }
  const transposed = new Float32Array(matrix.length);
  for (let row = 0; row < to; row++)
    for (let column = 0; column < from; column++) transposed[column * to + row] = matrix[row * from + column];
  return multiplyAlongAxis(write, value, { shape, axis, to: from, matrix: transposed });
}

/** Whether each element just stands there to / from times. */
function isRepetition(matrix: Float32Array, { from, to }: Interpolation): boolean {
  const times = to / from;
  if (!Number.isInteger(times)) return false;
  for (let row = 0; row < to; row++) if (matrix[row * from + Math.floor(row / times)] !== 1) return false;
  return true;
}

/** By axis; undefined where it stays as it is. */
function interpolationsOf(context: GradientContext): (Interpolation | undefined)[] {
  const { node } = context;
  const [from, to] = [context.inputShape(0), context.outputShape(0)];
  const axes = (node.ints('axes') ?? from.map((_, i) => i)).map((axis) => normalizeAxis(axis, from.length));
  const scales = scalesOf(context, axes);
  const regions = node.inputs[1] ? (context.numbers(1) ?? []) : [];
  const coordinates = node.string('coordinate_transformation_mode') ?? 'half_pixel';
  return from.map((length, axis) => {
    const at = axes.indexOf(axis);
    const isCut = coordinates === 'tf_crop_and_resize' && at >= 0;
    if (at < 0 || (length === to[axis] && scales[at] === 1 && !isCut)) return undefined;
    return {
      from: length,
      to: to[axis],
      scale: scales[at],
      mode: node.string('mode') ?? 'nearest',
      coordinates,
      rounding: node.string('nearest_mode') ?? 'round_prefer_floor',
      cubic: node.float('cubic_coeff_a') ?? -0.75,
      excludesOutside: node.int('exclude_outside') === 1,
      antialias: node.int('antialias') === 1,
      region: [regions[at] ?? 0, regions[at + axes.length] ?? 1],
    };
  });
}

function scalesOf(context: GradientContext, axes: readonly number[]): number[] {
  const { node } = context;
  const [from, to] = [context.inputShape(0), context.outputShape(0)];
  const stated = node.inputs[2] && !node.inputs[3] ? context.numbers(2) : undefined;
  if (stated?.length === axes.length) return [...stated];
  const sizes = node.inputs[3] ? context.integers(3) : undefined;
  const policy = node.string('keep_aspect_ratio_policy') ?? 'stretch';
  if (policy === 'stretch' || !sizes) return axes.map((axis) => Math.fround(to[axis] / from[axis]));
  const ratios = axes.map((axis, i) => Math.fround(sizes[i] / from[axis]));
  const one = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return axes.map(() => one);
}

export const resizeGradients: GradientRules = { Resize: resize };
