/**
 * Even steps up to 1, which the step behind the `length` rising ones has. The first is above 0, for a step of rate 0 would
 * be lost.
 */
export function evenRise(step: number, length: number): number {
  return Math.min((step + 1) / (length + 1), 1);
}
