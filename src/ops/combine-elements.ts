import type { Dimension } from '../onnx/ir/type.ts';
import { isInteger } from './is-integer.ts';
import type { ElementRule } from './op.ts';

/** Element rule of an operator on two lists of integers, one of which may be a single number. */
export function combineElements(combine: (a: Dimension, b: Dimension) => Dimension): ElementRule {
  return ({ node, dims, type }) => {
    const [a, b] = [dims(0), dims(1)];
    if (!a || !b || node.inputs.length !== 2 || !isInteger(type(0)?.dtype)) return undefined;
    if (a.length !== b.length && a.length !== 1 && b.length !== 1) return undefined;
    const length = a.length === 0 || b.length === 0 ? 0 : Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => combine(a[i % a.length], b[i % b.length]));
  };
}
