import type { ValueAnswer } from './metric.ts';

/** Sum over all elements of `of(error)`, errors being `got − wanted` in float64. */
export function sumErrors({ wanted, got }: ValueAnswer, of: (error: number) => number): number {
  let sum = 0;
  for (let i = 0; i < got.length; i++) sum += of(got[i] - wanted[i]);
  return sum;
}
