import type { Tensor } from '../base/tensor.ts';
import { argmaxRows } from './argmax-rows.ts';
import type { ClassificationOutput } from './classification-output.ts';
import { ConfusionMatrix } from './confusion-matrix.ts';
import type { ClassificationMetric, Metric, MetricAccumulator } from './metric.ts';
import { metrics } from './metrics/index.generated.ts';
import type { Predictions } from './predictions.ts';
import { scoredBatch } from './scored-batch.ts';
import { scoresOf } from './scores-of.ts';
import type { Tally } from './tally.ts';
import type { Step } from './walk-samples.ts';

const classificationMetrics = Object.values<Metric>(metrics).filter(
  (metric): metric is ClassificationMetric => metric.task === 'classification',
);
/** How many kinds of mistakes are kept. */
const TOP_CONFUSIONS = 10;

export interface TallyOptions {
  /** Where the scores come from. */
  output: ClassificationOutput;
  /** Number of samples to come. */
  samples: number;
  hasLabels: boolean;
}

/** Counts one model's classifications, batch by batch; keeps five bytes a sample. Of a sequence, the last step counts. */
export class ClassificationTally implements Tally {
  readonly output: string;
  readonly classCount: number;
  readonly #output: ClassificationOutput;
  readonly #hasLabels: boolean;
  readonly #argmax: Int32Array;
  readonly #correct: Uint8Array;
  readonly #metrics: [name: string, accumulator: MetricAccumulator][];
  readonly #confusions: ConfusionMatrix;
  #done = 0;

  constructor({ output, samples, hasLabels }: TallyOptions) {
    this.output = output.name;
    this.classCount = output.classCount;
    this.#output = output;
    this.#hasLabels = hasLabels;
    this.#argmax = new Int32Array(samples);
    this.#correct = new Uint8Array(hasLabels ? samples : 0);
    this.#metrics = classificationMetrics
      .filter(({ minClasses }) => output.classCount >= minClasses)
      .map((metric) => [metric.name, metric.create(output.classCount)]);
    this.#confusions = new ConfusionMatrix(output.classCount);
  }

  /** Throws a PareError on a NaN score and on a label that is no class of the model. */
  add(outputs: Readonly<Record<string, Tensor>>, { samples, labels }: Step): void {
    if (samples === 0) return;
    const { name, classCount } = this.#output;
    const scores = scoresOf(this.#output, outputs, samples);
    const predicted = argmaxRows(scores, classCount, { output: name, firstSample: this.#done });
    this.#argmax.set(predicted, this.#done);
    if (labels) {
      const batch = scoredBatch({ scores, classCount, predicted, labels });
      for (const [, accumulator] of this.#metrics) accumulator.add(batch);
      this.#confusions.add(batch);
      this.#correct.set(
        predicted.map((index, i) => (index === labels[i] ? 1 : 0)),
        this.#done,
      );
    }
    this.#done += predicted.length;
  }

  /** What was counted. */
  predictions(classNames?: readonly string[]): Predictions {
    const predictions: Predictions = {
      samples: this.#done,
      output: this.output,
      argmax: this.#argmax,
    };
    if (!this.#hasLabels) return predictions;
    return {
      ...predictions,
      correct: this.#correct,
      metrics: Object.fromEntries(this.#metrics.map(([name, accumulator]) => [name, accumulator.value()])),
      confusions: this.#confusions.topConfusions(TOP_CONFUSIONS, classNames),
    };
  }
}
