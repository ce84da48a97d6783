import { argmaxRows } from './argmax-rows.ts';
import type { ClassificationOutput } from './classification-output.ts';
import { ConfusionMatrix } from './confusion-matrix.ts';
import type { MetricAccumulator } from './metric.ts';
import { metrics } from './metrics/index.generated.ts';
import type { Predictions } from './predictions.ts';
import { scoredBatch } from './scored-batch.ts';

/** How many kinds of mistakes are kept. */
const TOP_CONFUSIONS = 10;

export interface TallyOptions {
  /** Where the scores come from. */
  output: ClassificationOutput;
  /** Number of samples to come. */
  samples: number;
  hasLabels: boolean;
}

/** Counts one model's classifications, batch by batch; keeps five bytes a sample. */
export class ClassificationTally {
  readonly output: ClassificationOutput;
  readonly #hasLabels: boolean;
  readonly #argmax: Int32Array;
  readonly #correct: Uint8Array;
  readonly #metrics: [name: string, accumulator: MetricAccumulator][];
  readonly #confusions: ConfusionMatrix;
  #done = 0;

  constructor({ output, samples, hasLabels }: TallyOptions) {
    this.output = output;
    this.#hasLabels = hasLabels;
    this.#argmax = new Int32Array(samples);
    this.#correct = new Uint8Array(hasLabels ? samples : 0);
    this.#metrics = Object.values(metrics)
      .filter(({ minClasses }) => output.classCount >= minClasses)
      .map((metric) => [metric.name, metric.create(output.classCount)]);
    this.#confusions = new ConfusionMatrix(output.classCount);
  }

  /**
   * Takes the next samples, in order.
   * @param scores row-major [samples, classCount]
   * @param labels class index a sample; given in every batch or in none
   * @throws PareError on a NaN score and on a label that is no class of the model
   */
  add(scores: Float32Array, labels: Int32Array | undefined): void {
    const { name, classCount } = this.output;
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
      output: this.output.name,
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
