import type { Measured } from './report.ts';
import type { ScoredBatch } from './scored-batch.ts';

/** One kind of mistake and how often it was made. */
export type Confusion = NonNullable<Measured['confusions']>[number];

/** Counts of (actual, predicted) pairs; only pairs that occur take memory, as there may be many thousand classes. */
export class ConfusionMatrix {
  readonly #classCount: number;
  readonly #counts = new Map<number, number>();

  constructor(classCount: number) {
    this.#classCount = classCount;
  }

  add({ labels, predicted }: Pick<ScoredBatch, 'labels' | 'predicted'>): void {
    for (let i = 0; i < labels.length; i++) {
      const cell = labels[i] * this.#classCount + predicted[i];
      this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1);
    }
  }

  /** How many samples of class `actual` were called `predicted`. */
  count(actual: number, predicted: number): number {
    return this.#counts.get(actual * this.#classCount + predicted) ?? 0;
  }

  /**
   * The `limit` most frequent mistakes, most frequent first, equal ones by actual, then predicted class. Classes without
   * a name go by their index.
   */
  topConfusions(limit: number, classNames: readonly string[] = []): Confusion[] {
    const name = (index: number) => classNames[index] ?? String(index);
    return [...this.#counts]
      .map(([cell, count]) => ({ cell, count, actual: Math.floor(cell / this.#classCount) }))
      .filter(({ cell, actual }) => cell !== actual * this.#classCount + actual)
      .sort((a, b) => b.count - a.count || a.cell - b.cell)
      .slice(0, limit)
      .map(({ cell, count, actual }) => ({
        actual: name(actual),
        predicted: name(cell % this.#classCount),
        count,
      }));
  }
}
