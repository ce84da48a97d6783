/**
 * Streaming differences between a reference and an approximation of it. Sums are float64 over float32 pairs, so memory
 * does not grow and the result does not depend on how the values were cut into pieces beyond float64 rounding.
 *
 * Pairs of the same infinity (a mask's −∞) carry no error and no energy: they are left out of every sum. Any other pair
 * that is not finite is counted in `nonFinite` and left out too; callers decide whether that is a fault.
 */
export class ErrorStatistics {
  #count = 0;
  #nonFinite = 0;
  #squaredError = 0;
  #absoluteError = 0;
  #maxError = 0;
  #referenceEnergy = 0;
  #otherEnergy = 0;
  #product = 0;

  /** Takes values at the same positions of both; throws a RangeError where the lengths differ. */
  add(reference: Float32Array, other: Float32Array): void {
    if (reference.length !== other.length) {
      throw new RangeError(`Cannot compare ${reference.length} values with ${other.length}.`);
    }
    let squared = 0;
    let absolute = 0;
    let max = this.#maxError;
    let referenceEnergy = 0;
    let otherEnergy = 0;
    let product = 0;
    let skipped = 0;
    for (let i = 0; i < reference.length; i++) {
      const x = reference[i];
      const y = other[i];
      const error = Math.abs(x - y);
      // Finite float32 values never overflow a float64 difference, so this is exactly "one of them is not finite".
      if (!(error < Infinity)) {
        skipped++;
        if (x !== y) this.#nonFinite++;
        continue;
      }
      squared += error * error;
      absolute += error;
      if (error > max) max = error;
      referenceEnergy += x * x;
      otherEnergy += y * y;
      product += x * y;
    }
    this.#count += reference.length - skipped;
    this.#squaredError += squared;
    this.#absoluteError += absolute;
    this.#maxError = max;
    this.#referenceEnergy += referenceEnergy;
    this.#otherEnergy += otherEnergy;
    this.#product += product;
  }

  /** Takes over everything another accumulator has seen. */
  merge(other: ErrorStatistics): void {
    this.#count += other.#count;
    this.#nonFinite += other.#nonFinite;
    this.#squaredError += other.#squaredError;
    this.#absoluteError += other.#absoluteError;
    this.#maxError = Math.max(this.#maxError, other.#maxError);
    this.#referenceEnergy += other.#referenceEnergy;
    this.#otherEnergy += other.#otherEnergy;
    this.#product += other.#product;
  }

  /** Pairs the statistics are made of. */
  get count(): number {
    return this.#count;
  }

  /** Pairs with a NaN, or with an infinity the other side does not share. */
  get nonFinite(): number {
    return this.#nonFinite;
  }

  /** Mean squared error Σ(x−y)² / n; NaN before the first pair, as all means here. */
  get mse(): number {
    return this.#squaredError / this.#count;
  }

  /** √MSE, in units of the values. */
  get rmse(): number {
    return Math.sqrt(this.mse);
  }

  /** Mean absolute error Σ|x−y| / n. */
  get mae(): number {
    return this.#absoluteError / this.#count;
  }

  /** Largest |x−y|; 0 before the first pair. */
  get maxError(): number {
    return this.#maxError;
  }

  /** 10·log10(Σx² / Σ(x−y)²) decibels; Infinity where both are equal, −Infinity where only the reference is all zero. */
  get sqnrDb(): number {
    if (this.#squaredError === 0) return Infinity;
    return 10 * Math.log10(this.#referenceEnergy / this.#squaredError);
  }

  /** Σxy / √(Σx²·Σy²), −1..1; 1 where both are equal, zeros too; 0 where only one is all zero. */
  get cosine(): number {
    if (this.#squaredError === 0) return 1;
    if (this.#referenceEnergy === 0 || this.#otherEnergy === 0) return 0;
    // The product of the roots, not the root of the product, which can overflow; clamped against rounding.
    const cosine = this.#product / (Math.sqrt(this.#referenceEnergy) * Math.sqrt(this.#otherEnergy));
    return Math.max(-1, Math.min(1, cosine));
  }
}
