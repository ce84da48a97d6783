import type { Value } from '../onnx/ir/value.ts';
import { padded } from '../ops/gradients/slicing.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import { elementCount } from '../tensor/element-count.ts';

interface Lengths {
  /** O */
  readonly outputs: number;
  /** C, of a group */
  readonly inputs: number;
  readonly kernel: readonly number[];
  /** b */
  readonly block: number;
}

/**
 * How the kernels want the weights [O, C, kh, kw] of a convolution: channels filled up to whole blocks with zeros and split into
 * blocks, and the axes put in another order.
 */
export class WeightLayout {
  /** O and C. */
  readonly #own: readonly number[];
  /** Both filled up. */
  readonly #whole: readonly number[];
  readonly #kernel: readonly number[];
  /** The filled shape with blocks as axes. */
  readonly #split: readonly number[];
  readonly #order: readonly number[];

  private constructor(
    { outputs, inputs, kernel }: Lengths,
    whole: readonly number[],
    split: readonly number[],
    order: readonly number[],
  ) {
    this.#own = [outputs, inputs];
    this.#whole = whole;
    this.#kernel = kernel;
    this.#split = split;
    this.#order = order;
  }

  /** [O↑/b, C↑/b, kh, kw, b of C, b of O] */
  static dense(lengths: Lengths): WeightLayout {
    const { outputs, inputs, kernel, block } = lengths;
    const [ob, cb] = [outputs, inputs].map((n) => Math.ceil(n / block));
    const split = [ob, block, cb, block, ...kernel];
    return new WeightLayout(lengths, [ob * block, cb * block], split, [0, 2, 4, 5, 3, 1]);
  }

  /** [O↑/b, C, kh, kw, b of O]: of a first layer, whose few channels stay plain, and of depthwise layers (C = 1). */
  static ofOutputs(lengths: Lengths): WeightLayout {
    const { outputs, inputs, kernel, block } = lengths;
    const ob = Math.ceil(outputs / block);
    return new WeightLayout(lengths, [ob * block, inputs], [ob, block, inputs, ...kernel], [0, 2, 3, 4, 1]);
  }

  /** Declared shape of encoded weights. */
  get shape(): readonly number[] {
    return [...this.#whole, ...this.#kernel];
  }

  encode(write: GraphWriter, weight: Value): Value {
    const filled = padded(write, weight, [0, 0, 0, 0], [...this.#fill, 0, 0]);
    const ordered = write.transpose(write.reshape(filled, this.#split), this.#order);
    return write.reshape(ordered, this.shape);
  }

  /** @param encoded of whatever declared shape */
  decode(write: GraphWriter, encoded: Value): Value {
    const back = this.#order.map((_, axis) => this.#order.indexOf(axis));
    const split = write.reshape(
      encoded,
      this.#order.map((axis) => this.#split[axis]),
    );
    const joined = write.reshape(write.transpose(split, back), this.shape);
    return padded(write, joined, [0, 0, 0, 0], [...this.#fill.map((n) => -n), 0, 0]);
  }

  /** For each element of encoded weights its place in plain ones; −1 where it is filled up. */
  places(): Int32Array {
    const places = new Int32Array(elementCount(this.shape));
    const lengths = this.#order.map((axis) => this.#split[axis]);
    const strides = this.#stridesOfSplit();
    const index = lengths.map(() => 0);
    for (const at of places.keys()) {
      places[at] = this.#placeOf(index.reduce((sum, i, axis) => sum + i * strides[axis], 0));
      for (let axis = index.length - 1; axis >= 0 && ++index[axis] === lengths[axis]; axis--) index[axis] = 0;
    }
    return places;
  }

  get #fill(): number[] {
    return this.#whole.map((n, i) => n - this.#own[i]);
  }

  /** In filled weights, of the axes in the kernel's order. */
  #stridesOfSplit(): number[] {
    return this.#order.map((axis) => elementCount(this.#split.slice(axis + 1)));
  }

  /** Of an element of the filled weights. */
  #placeOf(filled: number): number {
    const taps = elementCount(this.#kernel);
    const [tap, c] = [filled % taps, Math.floor(filled / taps) % this.#whole[1]];
    const o = Math.floor(filled / (taps * this.#whole[1]));
    return o < this.#own[0] && c < this.#own[1] ? (o * this.#own[1] + c) * taps + tap : -1;
  }
}
