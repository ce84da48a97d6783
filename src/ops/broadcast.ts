import type { Dimension, Shape } from '../onnx/ir/type.ts';

/** NumPy-style broadcasting of any number of shapes; undefined when a rank is unknown or they do not fit. */
export function broadcast(shapes: readonly (Shape | undefined)[]): Shape | undefined {
  let result: Dimension[] = [];
  for (const shape of shapes) {
    if (!shape) return undefined;
    const rank = Math.max(result.length, shape.length);
    const next: Dimension[] = [];
    for (let i = 0; i < rank; i++) {
      const dim = merge(result[i - (rank - result.length)], shape[i - (rank - shape.length)]);
      if (dim === undefined) return undefined;
      next.push(dim);
    }
    result = next;
  }
  return result;
}

/** Undefined input = axis missing; undefined output = lengths contradict. */
function merge(a: Dimension | undefined, b: Dimension | undefined): Dimension | undefined {
  if (a === undefined || a === 1) return b ?? (b === null ? null : a);
  if (b === undefined || b === 1 || a === b) return a;
  if (typeof a === 'number' && typeof b === 'number') return undefined;
  // A symbol against a known length above 1 must be that length, or 1.
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : null;
}
