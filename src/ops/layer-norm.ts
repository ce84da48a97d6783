import type { TensorType } from '../onnx/ir/type.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext } from './op.ts';

/** Shape rule of LayerNormalization and its kin: the statistics that follow have length 1 along the normalized axes. */
export function inferLayerNorm({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const data = type(0);
  if (!data) return [];
  const axis = normalizeAxis(node.int('axis') ?? -1, data.shape?.length ?? 0);
  const shape = data.shape?.map((n, i) => (i >= axis ? 1 : n));
  // Statistics are float32 (stash_type) unless the data is double.
  const dtype = data.dtype === 'double' ? 'double' : 'float';
  const statistics = node.outputs.slice(1).map(() => ({ ...data, dtype, shape }) as const);
  return [data, ...statistics];
}

/**
 * Links of a normalization over the axes from `first` on. The scale and bias inputs `vectors` broadcast from the back.
 */
export function axesOfNormalization(
  { inputShape }: AxesContext,
  first: number,
  vectors: readonly number[],
): AxisMap | undefined {
  const shape = inputShape(0);
  if (!shape) return undefined;
  const start = normalizeAxis(first, shape.length);
  return shape.flatMap((_, axis): AxisLink[] => {
    const parameters = vectors.flatMap((index) => {
      const vector = inputShape(index);
      const own = axis - shape.length + (vector?.length ?? 0);
      return vector && own >= 0 && vector[own] !== 1 ? [inputAxis(index, own)] : [];
    });
    const places = [inputAxis(0, axis), ...parameters, outputAxis(0, axis)];
    // Statistics tie all indices together, but each keeps its own scale, bias and place.
    const mixed: AxisLink = { kind: 'mixed', places: [inputAxis(0, axis), outputAxis(0, axis)] };
    return axis < start ? [{ kind: 'same', places }] : [{ kind: 'same', places }, mixed];
  });
}
