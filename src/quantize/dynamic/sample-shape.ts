import type { Value } from '../../onnx/ir/value.ts';
import type { TypeMap } from '../../ops/infer-types.ts';

/** What an axis of unknown length counts that is no batch: a short sequence. */
const SEQUENCE = 16;

/** Lengths of one sample: a symbol in front is a batch, and counts 1. Undefined where the rank is unknown. */
export function sampleShape(value: Value | undefined, types: TypeMap): readonly number[] | undefined {
  return (value && types.get(value))?.shape?.map((n, axis) => {
    if (typeof n === 'number') return n;
    return axis === 0 && typeof n === 'string' ? 1 : SEQUENCE;
  });
}
