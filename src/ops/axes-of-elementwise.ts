import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext } from './op.ts';

/** Axis rule of operators whose inputs broadcast to output 0: axes meet from the back, those of length 1 take no part. */
export function axesOfElementwise({ node, inputShape, outputShape }: AxesContext): AxisMap | undefined {
  const shapes = node.inputs.map((value, index) => (value ? inputShape(index) : []));
  const rank = outputShape(0)?.length ?? Math.max(...shapes.map((shape) => shape?.length ?? 0));
  if (shapes.some((shape) => !shape)) return undefined;
  return Array.from({ length: rank }, (_, axis): AxisLink => {
    const places = shapes.flatMap((shape, index) => {
      const own = axis - rank + (shape?.length ?? 0);
      return own >= 0 && shape?.[own] !== 1 ? [inputAxis(index, own)] : [];
    });
    const result = outputAxis(0, axis);
    return places.length === 0 && outputShape(0)?.[axis] !== 1
      ? { kind: 'new', place: result }
      : { kind: 'same', places: [...places, result] };
  });
}
