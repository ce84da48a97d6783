import type { Value } from '../onnx/ir/value.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import { shapeNotFixed } from './errors.ts';

/** The shape of a value, every length known. Throws `shape-not-fixed`. */
export function fixedShape(value: Value, types: TypeMap): readonly number[] {
  const shape = types.get(value)?.shape;
  if (!shape?.every((n) => typeof n === 'number')) throw shapeNotFixed(value.name);
  // Narrowed by the check of every length.
  return shape as readonly number[];
}
