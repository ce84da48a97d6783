import type { Runner } from '../base/runner.ts';
import { trainingDiverged } from './errors.ts';
import type { StepInputs, Trainer } from './trainer.ts';

/** The error of a step whose loss is NaN or infinite, with the layer where that began. */
export async function whyNotFinite(trainer: Trainer, _inputs: StepInputs, _runner: Runner): Promise<Error> {
  return trainingDiverged(trainer.state.step, 'the loss is not a finite number');
}
