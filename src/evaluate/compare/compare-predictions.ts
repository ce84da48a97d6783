import type { Predictions } from '../predictions.ts';
import type { Comparison } from '../report.ts';
import { agreement } from './agreement.ts';
import type { BootstrapOptions } from './bootstrap-options.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';

/**
 * How far a model's classes moved: agreement, and the drop of the primary metric: top-1 where there are labels, else
 * agreement itself (whose "before" is 100 %). Empty where the models do not classify.
 * @param before what the first model made of the same samples in the same order
 */
export function comparePredictions(
  before: Predictions,
  after: Predictions,
  options: BootstrapOptions,
): Pick<Comparison, 'agreement' | 'drop'> {
  if (!before.argmax || !after.argmax) return {};
  const same = agreement(before.argmax, after.argmax);
  if (before.correct && after.correct) {
    const drop = pairedBootstrap(before.correct, after.correct, options);
    return { agreement: same, drop: { metric: 'top1', ...drop } };
  }
  const drop = pairedBootstrap(...agreementAsCorrect(before.argmax, after.argmax), options);
  return { agreement: same, drop: { metric: 'agreement', ...drop } };
}

/** The first model's classes taken for labels: it is always right, the second where it agrees. */
function agreementAsCorrect(before: Int32Array, after: Int32Array): [Uint8Array, Uint8Array] {
  const agreeing = Uint8Array.from(after, (index, i) => (index === before[i] ? 1 : 0));
  return [new Uint8Array(before.length).fill(1), agreeing];
}
