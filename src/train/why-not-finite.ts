import type { Runner } from '../base/runner.ts';
import { trainingDiverged } from './errors.ts';
import { type NotFiniteOrigin, traceNotFinite } from './trace-not-finite.ts';
import type { Trainer } from './trainer.ts';

/**
 * The error of a loss that is NaN or infinite, with the step and the layer where that began: the last two steps are run once
 * more, with an eye on every value. Parameters may have become bad a step before the loss tells.
 */
export async function whyNotFinite(trainer: Trainer, runner: Runner): Promise<Error> {
  const { step } = trainer.state;
  for (const [i, feeds] of trainer.lastFeeds.entries()) {
    const origin = await traceNotFinite(trainer.graph, feeds, runner);
    if (origin) return trainingDiverged(step - trainer.lastFeeds.length + 1 + i, textOf(origin));
  }
  return trainingDiverged(step, 'the loss is not a finite number');
}

function textOf(origin: NotFiniteOrigin): string {
  if (origin.kind === 'input') {
    const { input, tensor, row, number, role } = origin;
    const place = tensor ?? input;
    const where = row === undefined ? '' : `, sample ${row} of its batch`;
    return `${number} stands in the ${role} (${place}${where})`;
  }
  const { layer, opType, phase, hasNaN, largestInput } = origin;
  const made = hasNaN ? 'NaN' : 'infinity';
  const named = `${layer.opType} "${layer.name}"`;
  return `in the ${phase} pass, ${opType} of layer ${named} made ${made} of numbers up to ${largestInput.toPrecision(3)}`;
}
