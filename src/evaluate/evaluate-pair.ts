import { check } from '../base/check.ts';
import type { Session } from '../base/runner.ts';
import type { ErrorStatistics } from '../tensor/error-statistics.ts';
import { comparePredictions } from './compare/compare-predictions.ts';
import { feedsOf } from './feeds-of.ts';
import { matchOutputs } from './match-outputs.ts';
import { PairPass } from './pair-pass.ts';
import type { Predictions } from './predictions.ts';
import type { Comparison } from './report.ts';
import { type WalkOptions, walkSamples } from './walk-samples.ts';

export interface PairOptions extends WalkOptions {
  /** The original. */
  before: Session;
  /** What became of it. */
  after: Session;
  /** The original's output the classes are read from; default its first with a score per sample and class. */
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
 * the second's floating point outputs are from the first's. Without labels there are no metrics; where no output
 * scores classes and the data set does not ask for it, there are errors only. Memory: one batch and ten bytes a sample.
 * @param options `batchSize` must suit both models; outputs are matched as in {@link matchOutputs}
 * @throws PareError on data and models that do not fit each other and on values that are no numbers; the signal's
 * reason when aborted
 */
export async function evaluatePair(options: PairOptions): Promise<PairEvaluation> {
  const { before, after, dataset, seed } = options;
  const names = matchOutputs(before.outputNames, after.outputNames);
  let pass: PairPass | undefined;
  for await (const step of walkSamples(options)) {
    const a = await before.run(feedsOf(before, step.inputs, dataset.name), pass?.errors.namesBefore);
    const b = await after.run(feedsOf(after, step.inputs, dataset.name), pass?.errors.namesAfter);
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

/** The errors as the report holds them: finite figures only. */
function reportedErrors({ sqnrDb, mse, mae, cosine }: ErrorStatistics): Partial<Comparison> {
  return Object.fromEntries(
    Object.entries({ sqnrDb, mse, mae, cosine }).filter(([, value]) => Number.isFinite(value)),
  );
}
