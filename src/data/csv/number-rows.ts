/** Rows of numbers of one width, appended one by one; holds at most twice what it was given. */
export class NumberRows {
  readonly width: number;
  #values = new Float64Array(1024);
  #length = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Numbers held. */
  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** A view. */
  row(index: number): Float64Array {
    return this.#values.subarray(index * this.width, (index + 1) * this.width);
  }
}
