import type { Shape } from '../onnx/ir/type.ts';

/** Whether two shapes are surely one: equal lengths or symbols on each axis. */
export function equalShapes(a: Shape | undefined, b: Shape | undefined): boolean {
  return a !== undefined && a.length === b?.length && a.every((n, axis) => n !== null && n === b[axis]);
}
