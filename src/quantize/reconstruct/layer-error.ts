import type { Coder } from '../coder-of.ts';
import type { LayerProblem } from '../rounding-method.ts';

/** How far a layer with codes is from what it should be: tr E·H·Eᵀ with E = Ŵ − W, and how that falls. */
export class LayerError {
  readonly #moments: Float64Array;
  readonly #depth: number;
  /** E·H, [rows, depth]: half the slope by each weight. */
  readonly #slopes: Float64Array;

  constructor(
    { rows, depth, weights, moments, groupOf }: LayerProblem,
    codes: Uint8Array,
    coders: readonly Coder[],
  ) {
    this.#moments = moments;
    this.#depth = depth;
    this.#slopes = new Float64Array(rows * depth);
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < depth; i++) {
        const at = row * depth + i;
        this.move(row, i, coders[groupOf[at]].value(codes[at]) - weights[at]);
      }
  }

  /** What a weight should change by while all others stay. */
  step(row: number, i: number): number {
    return -this.#slopes[row * this.#depth + i] / this.#moments[i * this.#depth + i];
  }

  /** A weight changed by so much. */
  move(row: number, i: number, by: number): void {
    if (by === 0) return;
    const [depth, start] = [this.#depth, row * this.#depth];
    for (let k = 0; k < depth; k++) this.#slopes[start + k] += by * this.#moments[i * depth + k];
  }

  /**
   * What a row's direction should be followed by while all else stays, as numerator −slope·v and denominator v·H·v.
   * @param inputs places of the row where the direction is not 0, with its numbers there
   */
  along(row: number, inputs: Uint32Array, direction: Float64Array): readonly [number, number] {
    const [depth, start] = [this.#depth, row * this.#depth];
    let [fall, bend] = [0, 0];
    for (const [a, i] of inputs.entries()) {
      fall -= this.#slopes[start + i] * direction[a];
      let sum = 0;
      for (const [b, k] of inputs.entries()) sum += this.#moments[i * depth + k] * direction[b];
      bend += sum * direction[a];
    }
    return [fall, bend];
  }
}
