import type { Session } from '../base/runner.ts';
import { StateFeedback } from '../base/state-feedback.ts';
import { feedsOf } from './feeds-of.ts';
import type { Predictions } from './predictions.ts';
import type { Tally } from './tally.ts';
import { tallyOf } from './tally-of.ts';
import { type WalkOptions, walkSamples } from './walk-samples.ts';

export interface EvaluateOptions extends WalkOptions {
  session: Session;
  /** The output the answers are read from; default the first that suits the data set's task. */
  output?: string;
}

/**
 * Runs a model over a data set and measures how good its answers are, by the data set's task. Without labels only the
 * classes are kept; where there is nothing to judge by, only the samples are counted. State is fed back. Memory: one batch
 * and a few numbers a sample.
 * @param options `batchSize` must suit the model, down to the last, smaller batch where its batch is fixed
 * @throws PareError on data and models that do not fit each other and on answers that are NaN; the signal's reason when
 * aborted
 */
export async function evaluateModel(options: EvaluateOptions): Promise<Predictions> {
  const { session, dataset } = options;
  const feedback = new StateFeedback(dataset.state);
  let tally: Tally | undefined;
  let samples = 0;
  let isFirst = true;
  for await (const step of walkSamples(options)) {
    const feeds = feedsOf(session, feedback.feeds(step), dataset.name);
    const outputs = await session.run(feeds, tally && feedback.fetches([tally.output]));
    feedback.take(outputs);
    if (isFirst)
      tally = tallyOf({ outputNames: session.outputNames, outputs, step }, dataset, options.output);
    isFirst = false;
    tally?.add(outputs, step);
    samples += step.samples;
  }
  return tally?.predictions(dataset.classNames) ?? { samples };
}
