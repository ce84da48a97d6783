import { roundHalfEven } from '../tensor/round-half-even.ts';
import { evenRise } from './even-rise.ts';
import type { RunProgress, Schedule } from './schedule.ts';

/**
 * The learning rate of a step relative to the largest: over the first `warmUp` of the run it rises evenly to the
 * schedule's first value (Goyal et al. 2017); what is left of the run is the schedule's.
 * @param warmUp fraction of the run
 */
export function rateFactor<Options>(
  schedule: Pick<Schedule<Options>, 'factor'>,
  options: Options,
  progress: RunProgress,
  warmUp = 0,
): number {
  const { step, steps } = progress;
  const rising = roundHalfEven(warmUp * steps);
  const left = { ...progress, step: Math.max(step - rising, 0), steps: Math.max(steps - rising, 1) };
  return evenRise(step, rising) * schedule.factor(left, options);
}
