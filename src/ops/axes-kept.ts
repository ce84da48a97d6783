import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext } from './op.ts';

/**
 * Axis rule of operators whose output 0 has the axes of input 0.
 *
 * @param isMixed the axes along which elements act on one another; none by default
 */
export function axesKept(
  { inputShape }: AxesContext,
  isMixed: (axis: number, rank: number) => boolean = () => false,
): AxisMap | undefined {
  const shape = inputShape(0);
  return shape?.map((_, axis): AxisLink => {
    const places = [inputAxis(0, axis), outputAxis(0, axis)];
    return { kind: isMixed(axis, shape.length) ? 'mixed' : 'same', places };
  });
}
