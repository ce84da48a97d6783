import type { Tensor } from '../base/tensor.ts';
import { floatValues } from './float-values.ts';
import type { DecisionMetric, Metric } from './metric.ts';
import { metrics } from './metrics/index.generated.ts';
import type { Predictions } from './predictions.ts';
import type { Tally } from './tally.ts';
import type { Step } from './walk-samples.ts';

const decisionMetrics = Object.values<Metric>(metrics).filter(
  (metric): metric is DecisionMetric => metric.task === 'none',
);
/** Steps room is made for at first. */
const FIRST_STEPS = 1024;

/** Notes what a streaming model of one probability a step decides; keeps a byte a step. */
export class DecisionTally implements Tally {
  readonly output: string;
  readonly #totals = decisionMetrics.map((metric) => ({ metric, sums: new Float64Array(metric.width) }));
  readonly #stepsOf: Int32Array;
  #positive = new Uint8Array(FIRST_STEPS);
  #steps = 0;
  #done = 0;

  /** @param samples number of samples to come */
  constructor(output: string, samples: number) {
    this.output = output;
    this.#stepsOf = new Int32Array(samples);
  }

  add(outputs: Readonly<Record<string, Tensor>>, step: Step): void {
    const [probability = Number.NaN] = floatValues(outputs[this.output]) ?? [];
    for (const { metric, sums } of this.#totals) metric.add({ probability }, sums);
    if (this.#steps === this.#positive.length) {
      const longer = new Uint8Array(2 * this.#steps);
      longer.set(this.#positive);
      this.#positive = longer;
    }
    this.#positive[this.#steps++] = probability > 0.5 ? 1 : 0;
    this.#stepsOf[step.first]++;
    this.#done += step.samples;
  }

  predictions(): Predictions {
    const predictions = { samples: this.#done, output: this.output };
    const found: Record<string, number> = {};
    for (const { metric, sums } of this.#totals) {
      const value = metric.value(sums, { min: 0, max: 1 });
      if (value !== undefined) found[metric.name] = value;
    }
    // What turned out not to be a probability decides nothing.
    if (Object.keys(found).length === 0) return { samples: this.#done };
    const positive = this.#positive.slice(0, this.#steps);
    return { ...predictions, metrics: found, decisions: { positive, steps: this.#stepsOf } };
  }
}
