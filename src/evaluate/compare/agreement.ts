import { check } from '../../base/check.ts';

/**
 * Share 0..1 of samples two models put in the same class.
 * @param before class a sample, as argmax gives it; at least one
 */
export function agreement(before: Int32Array, after: Int32Array): number {
  check(before.length === after.length, () => `${before.length} and ${after.length} predictions`);
  let same = 0;
  for (let i = 0; i < before.length; i++) if (before[i] === after[i]) same++;
  return same / before.length;
}
