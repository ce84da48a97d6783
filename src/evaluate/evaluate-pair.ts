import { check } from '../base/check.ts';
import type { Session } from '../base/runner.ts';
import { StateFeedback } from '../base/state-feedback.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { ErrorStatistics } from '../tensor/error-statistics.ts';
import { comparePredictions } from './compare/compare-predictions.ts';
import { feedsOf } from './feeds-of.ts';
import { matchOutputs } from './match-outputs.ts';
import { PairPass } from './pair-pass.ts';
import type { Predictions } from './predictions.ts';
import type { Comparison } from './report.ts';
import { type Step, type WalkOptions, walkSamples } from './walk-samples.ts';

export interface PairOptions extends WalkOptions {
  /** The original. */
  before: Session;
  /** What became of it. */
  after: Session;
  /** The original's output the answers are read from; default its first that suits the data set's task. */
  output?: string;
  /** Seed of the drop's bootstrap. */
  seed: number;
}

export interface PairEvaluation {
  before: Predictions;
  after: Predictions;
  /** Ready for the report; a figure JSON cannot hold (the infinite SQNR of equal outputs) is left out. */
  comparison: Omit<Comparison, 'speedup'>;
  /** Errors of each compared floating point output, by the original's name of it. */
  errors: ReadonlyMap<string, ErrorStatistics>;
}

/**
 * Runs two models over the same batches in one pass: metrics of both, how often they agree, what was lost, and how far
 * the second's floating point outputs are from the first's. Without labels and targets there are no metrics; where no
 * output scores classes and the data set does not ask for it, there are errors only. Each model is fed its own state; the
 * outputs that are state count for the errors only where there is no other. Memory: one batch and a few numbers a sample.
 * @param options `batchSize` must suit both models; outputs are matched as in {@link matchOutputs}
 * @throws PareError on data and models that do not fit each other and on values that are no numbers; the signal's
 * reason when aborted
 */
export async function evaluatePair(options: PairOptions): Promise<PairEvaluation> {
  const { before, after, dataset, seed } = options;
  const names = matchOutputs(before.outputNames, after.outputNames);
  const runBefore = stepRunner(before, dataset, dataset.state);
  const runAfter = stepRunner(after, dataset, renamed(dataset.state, names));
  let pass: PairPass | undefined;
  for await (const step of walkSamples(options)) {
    const a = await runBefore(step, pass?.errors.namesBefore);
    const b = await runAfter(step, pass?.errors.namesAfter);
    pass ??= new PairPass(options, names, { step, before: a, after: b });
    pass.add({ step, before: a, after: b });
  }
  check(pass, () => 'a walk over samples ended without a batch');
  const [first, second] = pass.predictions(dataset.classNames);
  return {
    before: first,
    after: second,
    comparison: { ...comparePredictions(first, second, { seed }), ...reportedErrors(pass.errors.pooled()) },
    errors: pass.errors.byOutput,
  };
}

/** Runs one model step by step, with a state of its own. */
function stepRunner(session: Session, { name }: Dataset, state: Dataset['state']) {
  const feedback = new StateFeedback(state);
  return async (step: Step, fetches: readonly string[] | undefined): Promise<Record<string, Tensor>> => {
    const feeds = feedsOf(session, feedback.feeds(step), name);
    const outputs = await session.run(feeds, fetches && feedback.fetches(fetches));
    feedback.take(outputs);
    return outputs;
  };
}

/** The state under the second model's names of its outputs. */
function renamed(state: Dataset['state'], names: ReadonlyMap<string, string>): Dataset['state'] {
  return (
    state &&
    Object.fromEntries(Object.entries(state).map(([output, input]) => [names.get(output) ?? output, input]))
  );
}

/** The errors as the report holds them: finite figures only. */
function reportedErrors({ sqnrDb, mse, mae, cosine }: ErrorStatistics): Partial<Comparison> {
  return Object.fromEntries(
    Object.entries({ sqnrDb, mse, mae, cosine }).filter(([, value]) => Number.isFinite(value)),
  );
}
