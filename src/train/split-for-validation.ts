import { Rng } from '../base/rng.ts';
import { roundHalfEven } from '../tensor/round-half-even.ts';

/** More samples tell hardly more of which epoch was best. */
const MOST = 5000;

/** A seeded choice of samples to train on and, apart from them, to choose by. Each is in ascending order. */
export function splitForValidation(
  length: number,
  share: number,
  seed: number,
): { training: Int32Array; validation: Int32Array } {
  const count = Math.min(roundHalfEven(length * share), MOST, length - 1);
  const shuffled = new Rng(seed).shuffle(Int32Array.from({ length }, (_, index) => index));
  return { training: shuffled.slice(count).sort(), validation: shuffled.slice(0, count).sort() };
}
