import type { Session } from '../base/runner.ts';
import { classificationOutput } from './classification-output.ts';
import { ClassificationTally } from './classification-tally.ts';
import { feedsOf } from './feeds-of.ts';
import type { Predictions } from './predictions.ts';
import { scoresOf } from './scores-of.ts';
import { type WalkOptions, walkSamples } from './walk-samples.ts';

export interface EvaluateOptions extends WalkOptions {
  session: Session;
  /** The output the classes are read from; default the first with a score per sample and class. */
  output?: string;
}

/**
 * Runs a model over a data set and measures how well it classifies. Without labels only the classes are kept; where no
 * output scores classes and the data set does not ask for it, only the samples are counted. Memory: one batch and five
 * bytes a sample.
 * @param options `batchSize` must suit the model, down to the last, smaller batch where its batch is fixed
 * @throws PareError on data and models that do not fit each other and on NaN scores; the signal's reason when aborted
 */
export async function evaluateModel(options: EvaluateOptions): Promise<Predictions> {
  const { session, dataset } = options;
  let tally: ClassificationTally | undefined;
  let samples = 0;
  for await (const step of walkSamples(options)) {
    const feeds = feedsOf(session, step.inputs, dataset.name);
    const outputs = await session.run(feeds, tally && [tally.output.name]);
    if (samples === 0) {
      const answer = { outputNames: session.outputNames, outputs, samples: step.samples };
      const output = classificationOutput(answer, dataset, options.output);
      const hasLabels = step.labels !== undefined;
      tally = output && new ClassificationTally({ output, samples: step.total, hasLabels });
    }
    tally?.add(scoresOf(tally.output, outputs, step.samples), step.labels);
    samples += step.samples;
  }
  return tally?.predictions(dataset.classNames) ?? { samples };
}
