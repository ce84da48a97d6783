import type { ScoredBatch } from './scored-batch.ts';

/** One class's share in a confusion matrix. */
export interface ClassCount {
  /** Samples of the class predicted as the class. */
  hits: number;
  /** Samples predicted as the class. */
  predicted: number;
  /** Samples of the class. */
  actual: number;
}

/** Row sums, column sums and diagonal of the confusion matrix: all that macro averages need, in O(classes) memory. */
export class ClassCounts {
  readonly #hits: Float64Array;
  readonly #predicted: Float64Array;
  readonly #actual: Float64Array;

  constructor(classCount: number) {
    this.#hits = new Float64Array(classCount);
    this.#predicted = new Float64Array(classCount);
    this.#actual = new Float64Array(classCount);
  }

  add({ predicted, labels }: ScoredBatch): void {
    for (let i = 0; i < labels.length; i++) {
      this.#actual[labels[i]]++;
      this.#predicted[predicted[i]]++;
      if (labels[i] === predicted[i]) this.#hits[labels[i]]++;
    }
  }

  /**
   * Unweighted mean of `score` over the classes that occur in labels or predictions, as scikit-learn's
   * `average='macro', zero_division=0`: a class whose ratio is 0/0 counts as 0. NaN before the first sample.
   * @param score a class's ratio as [numerator, denominator]
   */
  macro(score: (count: ClassCount) => readonly [number, number]): number {
    let sum = 0;
    let classes = 0;
    for (let c = 0; c < this.#hits.length; c++) {
      const count = { hits: this.#hits[c], predicted: this.#predicted[c], actual: this.#actual[c] };
      if (count.predicted === 0 && count.actual === 0) continue;
      const [numerator, denominator] = score(count);
      classes++;
      if (denominator > 0) sum += numerator / denominator;
    }
    return sum / classes;
  }
}
