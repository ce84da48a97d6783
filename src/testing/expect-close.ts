import { expect } from 'vitest';
import type { Tensor } from '../base/tensor.ts';

/** Names, types, shapes and values agree: |got − expected| ≤ rtol · max |expected| of that tensor; integers exactly. */
export function expectClose(
  got: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
  rtol: number,
): void {
  expect(Object.keys(got)).toEqual(Object.keys(expected));
  for (const [name, { dtype, shape, data }] of Object.entries(expected)) {
    expect({ name, dtype: got[name].dtype, shape: [...got[name].shape] }).toEqual({
      name,
      dtype,
      shape: [...shape],
    });
    if (data instanceof Float32Array || data instanceof Float64Array) {
      const difference = largestDifference(Array.from(got[name].data, Number), data);
      expect(difference, `largest difference of "${name}"`).toBeLessThanOrEqual(rtol);
    } else {
      expect(got[name].data, name).toEqual(data);
    }
  }
}

/** Relative to the largest finite magnitude; Infinity where one side alone is not finite. */
function largestDifference(got: readonly number[], expected: Float32Array | Float64Array): number {
  let scale = 1e-30;
  for (const x of expected) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(got[i], expected[i]) || got[i] === expected[i]) continue;
    const difference = Math.abs(got[i] - expected[i]) / scale;
    largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
  }
  return largest;
}
