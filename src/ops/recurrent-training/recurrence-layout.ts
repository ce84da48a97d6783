import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import type { RecurrenceFacts } from './recurrence-facts.ts';
import type { DirectionWeights } from './scanned-cell.ts';

/** Brings what enters and leaves a recurrent layer from ONNX's layouts into the feature-major ones of a cell, and back. */
export class RecurrenceLayout {
  readonly #write: GraphWriter;
  readonly #facts: RecurrenceFacts;

  constructor(write: GraphWriter, facts: RecurrenceFacts) {
    this.#write = write;
    this.#facts = facts;
  }

  /** X as [steps, features, batch], with a row of ones below where there are biases. */
  columnsOf(x: Value): Value {
    const write = this.#write;
    const { steps, batch, hasBias, isBatchFirst } = this.#facts;
    const turned = write.transpose(x, isBatchFirst ? [1, 2, 0] : [0, 2, 1]);
    if (!hasBias) return turned;
    const data = new Float32Array(steps * batch).fill(1);
    const ones = write.constant({ dtype: 'float', shape: [steps, 1, batch], data });
    return write.op('Concat', [turned, ones], { axis: 1 });
  }

  /** dX from [steps · batch, features]. */
  fromSamples(value: Value): Value {
    const { steps, batch, features, isBatchFirst } = this.#facts;
    const stacked = this.#write.reshape(value, [steps, batch, features]);
    return isBatchFirst ? this.#write.transpose(stacked, [1, 0, 2]) : stacked;
  }

  /** A direction's weights, of inputs 1 to 3. */
  weightsOf(inputs: readonly (Value | undefined)[], direction: number, gates: number): DirectionWeights {
    const { features, hidden } = this.#facts;
    const rows = gates * hidden;
    const bias = this.#part(inputs[3], direction, [2 * rows, 1]);
    const [input, recurrent] = bias
      ? this.#write.ops('Split', [bias, this.#write.ints([rows, rows])], 2, { axis: 0 })
      : [];
    return {
      input: this.#part(inputs[1]!, direction, [rows, features]),
      recurrence: this.#part(inputs[2]!, direction, [rows, hidden]),
      biases: input && { input, recurrent },
    };
  }

  /** A direction's state [hidden, batch]; zeros where there is none. */
  stateOf(value: Value | undefined, direction: number): Value {
    const { hidden, batch, isBatchFirst } = this.#facts;
    const own = this.#part(value, direction, [batch, hidden], isBatchFirst ? 1 : 0);
    if (own) return this.#write.transpose(own, [1, 0]);
    const data = new Float32Array(hidden * batch);
    return this.#write.constant({ dtype: 'float', shape: [hidden, batch], data });
  }

  /** States of all directions from [hidden, batch] each. */
  joinStates(values: readonly Value[]): Value {
    const { batch, hidden, isBatchFirst } = this.#facts;
    const shape = isBatchFirst ? [batch, 1, hidden] : [1, batch, hidden];
    const parts = values.map((value) => this.#write.reshape(this.#write.transpose(value, [1, 0]), shape));
    return this.#joined(parts, isBatchFirst ? 1 : 0);
  }

  /** A direction's share of Y, [steps, hidden, batch]. */
  stepsOf(y: Value, direction: number): Value {
    const { steps, batch, hidden, isBatchFirst } = this.#facts;
    const shape = isBatchFirst ? [batch, steps, hidden] : [steps, batch, hidden];
    const own = this.#part(y, direction, shape, isBatchFirst ? 2 : 1);
    return this.#write.transpose(own, isBatchFirst ? [1, 2, 0] : [0, 2, 1]);
  }

  /** Y from [steps, hidden, batch] of each direction. */
  joinSteps(values: readonly Value[]): Value {
    const { steps, batch, hidden, isBatchFirst } = this.#facts;
    const shape = isBatchFirst ? [batch, steps, 1, hidden] : [steps, 1, batch, hidden];
    const parts = values.map((value) =>
      this.#write.reshape(this.#write.transpose(value, isBatchFirst ? [2, 0, 1] : [0, 2, 1]), shape),
    );
    return this.#joined(parts, isBatchFirst ? 2 : 1);
  }

  /** Weights of all directions. */
  joinWeights(values: readonly Value[], shape: readonly number[]): Value {
    const parts = values.map((value) => this.#write.reshape(value, [1, ...shape]));
    return this.#joined(parts, 0);
  }

  /** Steps side by side, [rows, steps · batch]. */
  sideBySide(stacked: Value, rows: number): Value {
    const { steps, batch } = this.#facts;
    return this.#write.reshape(this.#write.transpose(stacked, [1, 0, 2]), [rows, steps * batch]);
  }

  #joined(parts: readonly Value[], axis: number): Value {
    return parts.length === 1 ? parts[0] : this.#write.op('Concat', parts, { axis });
  }

  #part(value: Value, direction: number, shape: readonly number[], axis?: number): Value;
  #part(
    value: Value | undefined,
    direction: number,
    shape: readonly number[],
    axis?: number,
  ): Value | undefined;
  #part(value: Value | undefined, direction: number, shape: readonly number[], axis = 0): Value | undefined {
    const write = this.#write;
    if (!value || this.#facts.directions.length === 1) return value && write.reshape(value, shape);
    const bounds = [write.ints([direction]), write.ints([direction + 1]), write.ints([axis])];
    return write.reshape(write.op('Slice', [value, ...bounds]), shape);
  }
}
