import { check } from '../base/check.ts';
import type { Value } from '../onnx/ir/value.ts';
import { padded } from '../ops/gradients/slicing.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import { nchwc, nchwcConv } from './nchwc.ts';
import type { WeightLayout } from './weight-layouts.ts';

/**
 * A map [N, C, H, W] in blocks of b channels: [N, C↑/b, H, W, b] in memory, declared [N, C↑, H, W], where C↑ is C rounded up
 * to whole blocks.
 */
export interface Blocked {
  readonly value: Value;
  /** [C↑]; what the channels are still to be multiplied by. */
  readonly scale?: Value | undefined;
  /** Channels from C to C↑ are 0. */
  readonly isZeroFilled: boolean;
}

/** Weights in a kernel's layout. */
export interface EncodedWeight {
  readonly layout: WeightLayout;
  readonly encoded: Value;
}

/** Keeps for each value of the graph in which layouts it is there, and changes the layout on demand. */
export class BlockedValues {
  /** Channels of a block. */
  readonly block: number;
  readonly #write: GraphWriter;
  readonly #shapeOf: (value: Value) => readonly number[] | undefined;
  readonly #blocked = new Map<Value, Blocked>();
  readonly #vectors = new Map<Value, Value>();
  readonly #centered = new Map<Value, Value>();
  readonly #weights = new Map<Value, readonly EncodedWeight[]>();
  /** All values that are maps in blocks. */
  readonly #maps = new Set<Value>();
  /** Values that have lost their producer and are there in blocks only. */
  readonly #onlyBlocked = new Set<Value>();

  constructor(write: GraphWriter, block: number, shapeOf: (value: Value) => readonly number[] | undefined) {
    this.#write = write;
    this.block = block;
    this.#shapeOf = shapeOf;
  }

  /** Rounded up to whole blocks. */
  whole(channels: number): number {
    return this.block * Math.ceil(channels / this.block);
  }

  isBlocked(value: Value): boolean {
    return this.#blocked.has(value);
  }

  /** Says that `value` is there in blocks, and only so. */
  set(value: Value, blocked: Blocked): void {
    this.#note(value, blocked);
    this.#onlyBlocked.add(value);
  }

  /** Whether this is itself a map in blocks. */
  isMap(value: Value): boolean {
    return this.#maps.has(value);
  }

  #note(value: Value, blocked: Blocked): Blocked {
    this.#blocked.set(value, blocked);
    this.#maps.add(blocked.value);
    return blocked;
  }

  /** The value in blocks, fill channels 0. */
  blocked(value: Value): Value {
    const known = this.scaled(value);
    if (!known.scale) return known.value;
    return this.#note(value, { value: this.#multiplied(value, known), isZeroFilled: true }).value;
  }

  /** The same, with a multiplication of channels perhaps still to do. */
  scaled(value: Value): Blocked {
    const known = this.#blocked.get(value);
    if (known?.isZeroFilled) return known;
    if (known) this.makePlain(value);
    return this.#note(value, { value: this.#reordered(value), isZeroFilled: true });
  }

  /** In blocks whatever the fill channels hold; says what they do. */
  unfilled(value: Value): Blocked {
    if (!this.#blocked.get(value)?.scale && this.isBlocked(value)) return this.#blocked.get(value)!;
    return { value: this.blocked(value), isZeroFilled: true };
  }

  /** A convolution's weights in the kernel's layout. */
  weight(value: Value, layout: WeightLayout): Value {
    const known = this.#weights.get(value) ?? [];
    const found = known.find((each) => each.layout.shape.join() === layout.shape.join());
    if (found) return found.encoded;
    this.makePlain(value);
    const encoded = layout.encode(this.#write, value);
    this.#weights.set(value, [...known, { layout, encoded }]);
    return encoded;
  }

  /** The layout a value is read in as weights, if there is just one. */
  encodedWeight(value: Value): EncodedWeight | undefined {
    const known = this.#weights.get(value);
    return known?.length === 1 ? known[0] : undefined;
  }

  /** Makes the value itself, where it is there in blocks only. */
  makePlain(value: Value): void {
    if (!this.#onlyBlocked.delete(value)) return;
    const source = this.#multiplied(value, this.#blocked.get(value)!);
    const [, channels] = this.#shape(value);
    const plain = nchwc(this.#write, 'ReorderOutput', [source], { channels });
    plain.producer!.setOutputs([value]);
  }

  /** A vector [C] filled up with zeros to [C↑]. */
  vector(value: Value, channels: number): Value {
    const missing = this.whole(channels) - channels;
    if (missing === 0) return value;
    let filled = this.#vectors.get(value);
    filled ??= padded(this.#write, value, [0], [missing]);
    this.#vectors.set(value, filled);
    return filled;
  }

  /** Says that `vector` [C] is what `filled` [C↑] begins with. */
  setVector(vector: Value, filled: Value): void {
    this.#vectors.set(vector, filled);
  }

  /** Says that `centered` is a map less its means by channel, which are `mean`. */
  setCentered(mean: Value, centered: Value): void {
    this.#centered.set(mean, centered);
  }

  /** The map whose means these are, less them, if it is there. */
  centered(mean: Value): Value | undefined {
    return this.#centered.get(mean);
  }

  /** The first `channels` of [C↑]; asked for as a vector it is the whole again. */
  cut(filled: Value, channels: number): Value {
    const missing = this.whole(channels) - channels;
    if (missing === 0) return filled;
    const cut = padded(this.#write, filled, [0], [-missing]);
    this.#vectors.set(cut, filled);
    return cut;
  }

  #reordered(value: Value): Value {
    const [, channels] = this.#shape(value);
    // The engine reorders whole fours of channels.
    const missing = (4 - (channels % 4)) % 4;
    const source = padded(this.#write, value, [0, 0, 0, 0], [0, missing, 0, 0]);
    return nchwc(this.#write, 'ReorderInput', [source], { channels_last: 0 });
  }

  /** Channels times [C↑]: a depthwise 1 × 1 convolution, for broadcasting over short runs is slow (research/training.md §6). */
  #multiplied(value: Value, { value: own, scale }: Blocked): Value {
    if (!scale) return own;
    const group = this.whole(this.#shape(value)[1]);
    const weight = this.#write.reshape(scale, [group, 1, 1, 1]);
    return nchwcConv(this.#write, { x: own, weight, kernel: [1, 1], group });
  }

  #shape(value: Value): readonly number[] {
    const shape = this.#shapeOf(value);
    check(shape?.length === 4, () => `"${value.name}" is no map`);
    return shape;
  }
}
