import { roundHalfEven } from '../../tensor/round-half-even.ts';

/** Numbers that codes stand for, ascending, and where they part. */
export class Levels {
  readonly values: Float32Array;
  /** Above the i-th of them the nearest level is the (i+1)-th. */
  readonly #middles: Float64Array;
  readonly #isUniform: boolean;

  constructor(values: ArrayLike<number>) {
    this.values = Float32Array.from(values);
    this.#middles = Float64Array.from(
      { length: values.length - 1 },
      (_, i) => (values[i] + values[i + 1]) / 2,
    );
    this.#isUniform = this.values.every((x, i) => x === this.values[0] + i);
  }

  get count(): number {
    return this.values.length;
  }

  get lowest(): number {
    return this.values[0];
  }

  get highest(): number {
    return this.values[this.values.length - 1];
  }

  /** Index of the nearest level; of two, the even integer where levels are integers, else the lower one. */
  nearest(x: number): number {
    if (this.#isUniform) {
      const code = roundHalfEven(x) - this.values[0];
      return code < 0 ? 0 : code >= this.count ? this.count - 1 : code;
    }
    let [low, high] = [0, this.#middles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x > this.#middles[middle]) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
