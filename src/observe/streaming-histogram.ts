import { roundHalfEven } from '../tensor/round-half-even.ts';
import { nothingObserved } from './errors.ts';
import type { Range } from './observer.ts';
import { scanExtremes } from './scan-extremes.ts';

/** Bins on each side of zero. */
const BINS_PER_SIDE = 4096;

/** Width at which the smallest positive float32, 2⁻¹⁴⁹, lies in the last bin; no tensor needs a finer one. */
const FINEST_WIDTH = 2 ** -149 / BINS_PER_SIDE;

/** Widening by 2¹³ or more sends every non-zero value to bin ±1. */
const LARGEST_SHIFT = 13;

/** Values by the cell they lie in: cell i runs from `edges[i]` to `edges[i + 1]` and holds `counts[i]` values. */
export interface HistogramCells {
  /** Ascending, one more than counts. The outer two are the observed extremes where these are not zero. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
}

/** Counts of values in equal bins from `min` to `max`, for display. */
export interface CoarseHistogram {
  min: number;
  max: number;
  counts: number[];
}

/**
 * Histogram of a stream of float32 values whose extent is not known beforehand; 64 KiB whatever the stream's length.
 *
 *     bin  …    −2      −1    0     1       2    …
 *        [−2w, −w)  [−w, 0)  {0}  (0, w]  (w, 2w]
 *
 * The width w is a power of two: the smallest at which the largest magnitude seen so far lies in bin ±4096 or nearer.
 * Rounding away from zero composes, ⌈⌈a⌉/2⌉ = ⌈a/2⌉, so when w doubles two neighbours merge into exactly the bin that
 * the values would have gone to at the wider width. The state is hence a function of the multiset of values seen:
 * order, batch splits and {@link StreamingHistogram.merge} make no difference. Exact zeros have a bin of their own
 * because every grid represents them without error.
 */
export class StreamingHistogram {
  readonly #counts = new Float64Array(2 * BINS_PER_SIDE + 1);
  #width = FINEST_WIDTH;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** Adds all values; adds none and throws PareError `non-finite-activation` if one is NaN or infinite. */
  observe(values: Float32Array): void {
    if (values.length === 0) return;
    this.#extend(scanExtremes(values));
    this.#count += values.length;
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
    const counts = this.#counts;
    const perWidth = 1 / this.#width;
    for (let i = 0; i < values.length; i++) {
      const bin = Math.ceil(Math.abs(values[i] * perWidth));
      const sign = bits[i] >> 31;
      // (bin ^ −1) + 1 = −bin: the sign is put back without a branch.
      counts[BINS_PER_SIDE + ((bin ^ sign) - sign)]++;
    }
  }

  /** The histogram of both streams together; neither argument changes. */
  static merge(a: StreamingHistogram, b: StreamingHistogram): StreamingHistogram {
    const merged = new StreamingHistogram();
    for (const part of [a, b]) {
      if (part.#count > 0) merged.#add(part);
    }
    return merged;
  }

  /** Values seen. */
  get count(): number {
    return this.#count;
  }

  /** Width of a bin, a power of two. */
  get binWidth(): number {
    return this.#width;
  }

  /** Values that were exactly 0. */
  get zeroCount(): number {
    return this.#counts[BINS_PER_SIDE];
  }

  /** The exact smallest and largest value. Throws PareError `nothing-observed`. */
  get extremes(): Range {
    if (this.#count === 0) throw nothingObserved();
    return { min: this.#min, max: this.#max };
  }

  /** Counts of the non-zero magnitudes: element j holds those in (j·w, (j + 1)·w]; ends with the largest seen. */
  magnitudes(): Float64Array {
    const { min, max } = this.extremes;
    const magnitudes = new Float64Array(Math.ceil(Math.max(-min, max) / this.#width));
    for (let j = 0; j < magnitudes.length; j++) {
      magnitudes[j] = this.#counts[BINS_PER_SIDE + j + 1] + this.#counts[BINS_PER_SIDE - j - 1];
    }
    return magnitudes;
  }

  /** The non-zero values by bin, from the lowest to the highest that is not empty. No cell where all values are 0. */
  cells(): HistogramCells {
    const { min, max } = this.extremes;
    let first = 0;
    let last = this.#counts.length - 1;
    const isEmpty = (index: number) => index === BINS_PER_SIDE || this.#counts[index] === 0;
    while (first <= last && isEmpty(first)) first++;
    while (last >= first && isEmpty(last)) last--;
    // Without the bin of zero, the cell that starts at e·w is bin e below zero and bin e + 1 above.
    const start = first < BINS_PER_SIDE ? first : first - 1;
    const stop = last < BINS_PER_SIDE ? last + 1 : last;
    const cellCount = Math.max(stop - start, 0);
    const edges = new Float64Array(cellCount + 1);
    const counts = new Float64Array(cellCount);
    for (let i = 0; i <= cellCount; i++) {
      const edge = (start + i - BINS_PER_SIDE) * this.#width;
      edges[i] = Math.min(Math.max(edge, min), max);
      if (i < cellCount) counts[i] = this.#counts[start + i < BINS_PER_SIDE ? start + i : start + i + 1];
    }
    return { edges, counts };
  }

  /**
   * Counts in `binCount` equal bins between the extremes, for display: values are taken as evenly spread within their
   * fine bin, the counts are whole and sum to {@link StreamingHistogram.count}. A constant is all in the first bin.
   */
  coarse(binCount = 64): CoarseHistogram {
    const { min, max } = this.extremes;
    const perBin = max > min ? binCount / (max - min) : 0;
    const shares = new Float64Array(binCount);
    const position = (x: number) => (x - min) * perBin;
    const binOf = (x: number) => Math.min(Math.floor(position(x)), binCount - 1);
    const { edges, counts } = this.cells();
    for (let i = 0; i < counts.length; i++) {
      const from = position(edges[i]);
      const length = position(edges[i + 1]) - from;
      const lastBin = binOf(edges[i + 1]);
      for (let bin = binOf(edges[i]); bin <= lastBin; bin++) {
        const overlap = Math.min(bin + 1, from + length) - Math.max(bin, from);
        shares[bin] += length > 0 ? (counts[i] * overlap) / length : counts[i];
      }
    }
    if (this.zeroCount > 0) shares[binOf(0)] += this.zeroCount;
    return { min, max, counts: toWholeCounts(shares) };
  }

  #add(part: StreamingHistogram): void {
    this.#extend(part.extremes);
    this.#count += part.#count;
    const shift = Math.min(Math.log2(this.#width / part.#width), LARGEST_SHIFT);
    this.#counts[BINS_PER_SIDE] += part.zeroCount;
    for (let k = 1; k <= BINS_PER_SIDE; k++) {
      const wide = widen(k, shift);
      this.#counts[BINS_PER_SIDE + wide] += part.#counts[BINS_PER_SIDE + k];
      this.#counts[BINS_PER_SIDE - wide] += part.#counts[BINS_PER_SIDE - k];
    }
  }

  /** Takes in new extremes and doubles the width until they fit. */
  #extend({ min, max }: Range): void {
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    const magnitude = Math.max(-min, max);
    let shift = 0;
    while (magnitude > BINS_PER_SIDE * this.#width) {
      this.#width *= 2;
      shift++;
    }
    if (shift > 0) this.#mergeNeighbours(Math.min(shift, LARGEST_SHIFT));
  }

  #mergeNeighbours(shift: number): void {
    const counts = this.#counts;
    // In place: the target is never farther from zero than the source, and everything nearer has already moved.
    for (let k = 1; k <= BINS_PER_SIDE; k++) {
      const wide = widen(k, shift);
      for (const side of [1, -1]) {
        const held = counts[BINS_PER_SIDE + side * k];
        counts[BINS_PER_SIDE + side * k] = 0;
        counts[BINS_PER_SIDE + side * wide] += held;
      }
    }
  }
}

/** ⌈k / 2^shift⌉ for k ≥ 1: where bin k goes when the width grows by 2^shift. */
function widen(k: number, shift: number): number {
  return ((k - 1) >> shift) + 1;
}

/** Rounds the running total rather than each share, so that the sum stays exact. */
function toWholeCounts(shares: Float64Array): number[] {
  let exact = 0;
  let given = 0;
  return Array.from(shares, (share) => {
    exact += share;
    const whole = roundHalfEven(exact) - given;
    given += whole;
    return whole;
  });
}
