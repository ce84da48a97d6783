import type { Runner } from '../base/runner.ts';
import { describeNotFinite } from './describe-not-finite.ts';
import { trainingDiverged } from './errors.ts';
import { notFiniteInput } from './not-finite-input.ts';
import { shareOf } from './share-of.ts';
import type { StepGraph } from './step-graph.ts';
import { traceNotFinite } from './trace-not-finite.ts';
import type { Trainer } from './trainer.ts';

/**
 * The error of a loss that is NaN or infinite, with the step and the layer where that began: the last two steps are run once
 * more in standard operators, share by share, with an eye on every value. Parameters may have become bad a step before the loss tells.
 * @param standard the step for one share of the samples, in standard operators
 */
export async function whyNotFinite(
  trainer: Trainer,
  standard: StepGraph,
  { runner, shares }: { runner: Runner; shares: number },
): Promise<Error> {
  const { step } = trainer.state;
  for (const [i, feeds] of trainer.lastFeeds.entries()) {
    const at = step - trainer.lastFeeds.length + 1 + i;
    const shown = notFiniteInput(standard, feeds);
    if (shown) return trainingDiverged(at, describeNotFinite(shown));
    for (let share = 0; share < shares; share++) {
      const fed = shareOf(feeds, standard.model, share, shares);
      const origin = await traceNotFinite(standard, fed, runner);
      if (origin) return trainingDiverged(at, describeNotFinite(origin));
    }
  }
  const held = notFiniteInput(standard, trainer.heldTensors);
  return trainingDiverged(step, held ? describeNotFinite(held) : 'the loss is not a finite number');
}
