import type { Tensor } from '../base/tensor.ts';
import type { SummedMetric, TargetScale } from './metric.ts';
import type { Predictions } from './predictions.ts';
import type { Tally } from './tally.ts';
import type { Step } from './walk-samples.ts';

/** How answers are read out of what a model gave at one step: one a row. */
export type AnswerReader<Answer> = (output: Tensor, step: Step) => Answer[];

export interface SummedTallyOptions<Answer> {
  readonly output: string;
  readonly metrics: readonly SummedMetric<Answer>[];
  /** The one of them a drop is counted in. */
  readonly primary: SummedMetric<Answer>;
  readonly read: AnswerReader<Answer>;
  /** Number of samples to come. */
  readonly samples: number;
  /** The data set's word on the scale, instead of what the targets show. */
  readonly peak: number | undefined;
}

/** Sums up metrics of targets, batch by batch; keeps a few numbers a sample, of the primary metric only. */
export class SummedTally<Answer> implements Tally {
  readonly output: string;
  readonly #options: SummedTallyOptions<Answer>;
  readonly #totals: readonly { metric: SummedMetric<Answer>; sums: Float64Array }[];
  readonly #bySample: Float64Array;
  #min = Infinity;
  #max = -Infinity;
  #done = 0;

  constructor(options: SummedTallyOptions<Answer>) {
    const { output, metrics, primary, samples } = options;
    this.output = output;
    this.#options = options;
    this.#totals = metrics.map((metric) => ({ metric, sums: new Float64Array(metric.width) }));
    this.#bySample = new Float64Array(samples * primary.width);
  }

  add(outputs: Readonly<Record<string, Tensor>>, step: Step): void {
    const { read, primary } = this.#options;
    this.#widen(step.targets);
    for (const [row, answer] of read(outputs[this.output], step).entries()) {
      for (const { metric, sums } of this.#totals) metric.add(answer, sums);
      const start = (step.first + row) * primary.width;
      primary.add(answer, this.#bySample.subarray(start, start + primary.width));
    }
    this.#done += step.samples;
  }

  predictions(): Predictions {
    const scale = { min: this.#min, max: this.#max, peak: this.#options.peak };
    const { primary } = this.#options;
    return {
      samples: this.#done,
      output: this.output,
      metrics: this.#metricsAt(scale),
      judged: { metric: primary, sums: this.#bySample, value: (sums) => primary.value(sums, scale) },
    };
  }

  /** Those that have something to say: figures that JSON can hold. */
  #metricsAt(scale: TargetScale): Record<string, number> {
    const metrics: Record<string, number> = {};
    for (const { metric, sums } of this.#totals) {
      const value = metric.value(sums, scale);
      if (value !== undefined && Number.isFinite(value)) metrics[metric.name] = value;
    }
    return metrics;
  }

  #widen(targets: Tensor | undefined): void {
    for (const value of targets?.data ?? []) {
      const number = Number(value);
      if (number < this.#min) this.#min = number;
      if (number > this.#max) this.#max = number;
    }
  }
}
