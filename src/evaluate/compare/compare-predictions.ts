import { check } from '../../base/check.ts';
import type { Decisions, JudgedSamples, Predictions } from '../predictions.ts';
import type { Comparison } from '../report.ts';
import { agreement } from './agreement.ts';
import type { BootstrapOptions } from './bootstrap-options.ts';
import { bootstrapSums } from './bootstrap-sums.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';

type Compared = Pick<Comparison, 'agreement' | 'drop'>;

/**
 * How far a model's answers moved: agreement, and the drop of the primary metric: that of the targets; top-1 where there are
 * labels; else agreement itself (whose "before" is 100 %). Empty where nothing can be said of the answers.
 * @param before what the first model made of the same samples in the same order
 */
export function comparePredictions(
  before: Predictions,
  after: Predictions,
  options: BootstrapOptions,
): Compared {
  if (before.judged && after.judged) return compareJudged(before.judged, after.judged, options);
  if (before.decisions && after.decisions)
    return compareDecisions(before.decisions, after.decisions, options);
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

/** The drop in the metric's own unit, percentage points where it is a fraction; none where it says nothing of such targets. */
function compareJudged(before: JudgedSamples, after: JudgedSamples, options: BootstrapOptions): Compared {
  const { metric } = before;
  const scale = (metric.higherIsBetter ? 1 : -1) * (metric.unit === 'fraction' ? 100 : 1);
  const { lost, low, high } = bootstrapSums(
    {
      before: before.sums,
      after: after.sums,
      width: metric.width,
      lost: (a, b) => scale * ((before.value(a) ?? Number.NaN) - (after.value(b) ?? Number.NaN)),
    },
    options,
  );
  if (!Number.isFinite(lost)) return {};
  const unit = metric.unit === 'fraction' ? {} : { unit: metric.unit };
  return { drop: { metric: metric.name, points: lost, low, high, ...unit } };
}

/** Agreement a step; sequences are redrawn as a whole, as the steps of one depend on each other. */
function compareDecisions(before: Decisions, after: Decisions, options: BootstrapOptions): Compared {
  check(before.positive.length === after.positive.length, () => 'models decided at different steps');
  const same = agreement(Int32Array.from(before.positive), Int32Array.from(after.positive));
  const { lost, low, high } = bootstrapSums(
    {
      before: agreeingSteps(before, before),
      after: agreeingSteps(before, after),
      width: 2,
      lost: ([agreeing, all], [alike, steps]) => 100 * (agreeing / all - alike / steps),
    },
    options,
  );
  return { agreement: same, drop: { metric: 'agreement', points: lost, low, high } };
}

/** `[samples, 2]`: steps at which both decided the same, and all steps. */
function agreeingSteps(a: Decisions, b: Decisions): Float64Array {
  const sums = new Float64Array(2 * a.steps.length);
  let step = 0;
  for (const [sample, steps] of a.steps.entries()) {
    for (const end = step + steps; step < end; step++)
      if (a.positive[step] === b.positive[step]) sums[2 * sample]++;
    sums[2 * sample + 1] = steps;
  }
  return sums;
}
