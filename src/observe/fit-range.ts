import type { Range, RangeGoal } from './observer.ts';

/** The smallest range around `min`..`max` that contains 0 and, for a symmetric goal, is [−m, m]; never gives −0. */
export function fitRange({ min, max }: Range, goal: RangeGoal): Range {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  if (!goal.symmetric) return { min: low + 0, max: high };
  const bound = Math.max(-low, high);
  return { min: 0 - bound, max: bound };
}
