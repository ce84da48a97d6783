import type { Shape } from '../onnx/ir/type.ts';

/**
 * Whether two shapes of equally many elements are surely one: all lengths or symbols are equal, or all lengths but one,
 * so that the last must be as well.
 */
export function sameShape(a: Shape | undefined, b: Shape | undefined): boolean {
  if (!a || a.length !== b?.length) return false;
  const open = [...a.keys()].filter((axis) => a[axis] === null || a[axis] !== b[axis]);
  if (open.length === 0) return true;
  const [last] = open;
  // Two known lengths that differ: one of the shapes is not what it is said to be.
  if (open.length > 1 || (typeof a[last] === 'number' && typeof b[last] === 'number')) return false;
  return a.every((n, axis) => axis === last || (typeof n === 'number' && n > 0));
}
