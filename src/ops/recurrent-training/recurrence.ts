import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import type { Cell, CellState, WrittenCell } from './cell.ts';
import { directionsOf } from './directions-of.ts';
import { type GateActivation, gateActivations } from './gate-activation.ts';

interface Lengths {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
}

interface Around {
  readonly write: GraphWriter;
  readonly shapeOf: (value: Value) => readonly number[];
}

/** Keeps the new value where the sequence is not over yet, else the old one (0 where there is none). */
export type Hold = (next: Value, old: Value | undefined) => Value;

/** A recurrent node taken apart: its inputs by direction and feature-major, and its outputs put together from such. */
export class Recurrence {
  readonly #node: Node;
  readonly #cell: Cell;
  readonly #write: GraphWriter;
  readonly #lengths: Lengths;
  readonly #isBatchFirst: boolean;
  readonly #activations: readonly GateActivation[];
  /** X as [features, steps · batch]. */
  readonly #columns: Value;
  /** Whether step t lies within each sequence, [1, batch]; undefined where all sequences are full. */
  readonly #masks: readonly Value[] | undefined;
  /** Whether a direction runs from the end. */
  readonly directions: readonly boolean[];

  /** @returns undefined where an activation is unknown */
  static of(node: Node, cell: Cell, around: Around): Recurrence | undefined {
    const directions = directionsOf(node);
    const activations = gateActivations(
      strings(node, 'activations') ?? directions.flatMap(() => cell.activations),
      floats(node, 'activation_alpha'),
      floats(node, 'activation_beta'),
    );
    return activations && new Recurrence(node, cell, around, { directions, activations });
  }

  private constructor(
    node: Node,
    cell: Cell,
    { write, shapeOf }: Around,
    facts: { directions: readonly boolean[]; activations: readonly GateActivation[] },
  ) {
    this.#node = node;
    this.#cell = cell;
    this.#write = write;
    this.directions = facts.directions;
    this.#activations = facts.activations;
    this.#isBatchFirst = node.int('layout') === 1;
    const [first, second, features] = shapeOf(node.inputs[0]!);
    const [steps, batch] = this.#isBatchFirst ? [second, first] : [first, second];
    this.#lengths = { steps, batch, features, hidden: shapeOf(node.inputs[2]!)[2] };
    const turned = write.transpose(node.inputs[0]!, this.#isBatchFirst ? [2, 1, 0] : [2, 0, 1]);
    this.#columns = write.reshape(turned, [features, steps * batch]);
    this.#masks = node.inputs[4] && this.#masksOf(node.inputs[4]);
  }

  facts(direction: number): { steps: number; isReverse: boolean } {
    return { steps: this.#lengths.steps, isReverse: this.directions[direction] };
  }

  cellOf(direction: number): WrittenCell {
    const write = this.#write;
    const { hidden } = this.#lengths;
    const rows = this.#cell.gates * hidden;
    const bias = this.#part(3, direction, [2 * rows, 1]);
    const [input, recurrent] = bias
      ? write.ops('Split', [bias, write.ints([rows, rows])], 2, { axis: 0 })
      : [];
    const peephole = this.#part(7, direction, [3 * hidden, 1]);
    const [i, o, f] = peephole
      ? write.ops('Split', [peephole, write.ints([hidden, hidden, hidden])], 3, { axis: 0 })
      : [];
    const count = this.#activations.length / this.directions.length;
    return this.#cell.write({
      node: this.#node,
      write,
      hidden,
      recurrence: this.#part(2, direction, [rows, hidden])!,
      biases: input && { input, recurrent },
      peepholes: i && [i, o, f],
      activations: this.#activations.slice(direction * count, (direction + 1) * count),
      isPlain: !this.#node.attributes.has('activations') && !((this.#node.float('clip') ?? 0) > 0),
      clip: (value) => this.#clipped(value),
    });
  }

  /** W · x + bias of each step, by one product. */
  project(direction: number, { inputBias: bias, rowScale }: WrittenCell): readonly Value[] {
    const write = this.#write;
    const { steps, features, hidden } = this.#lengths;
    const own = this.#part(1, direction, [this.#cell.gates * hidden, features])!;
    const weights = rowScale ? write.op('Mul', [own, rowScale]) : own;
    const product = write.op('MatMul', [weights, this.#columns]);
    const shifted = bias ? write.op('Add', [product, bias]) : product;
    if (steps === 1) return [shifted];
    // Not by a list of lengths: pare reads only short ones as constants.
    return write.ops('Split', [shifted], steps, { axis: 1, num_outputs: steps });
  }

  initialState(direction: number): CellState {
    const { batch, hidden } = this.#lengths;
    return Array.from({ length: this.#cell.states }, (_, i) => {
      const own = this.#part(5 + i, direction, [batch, hidden], this.#isBatchFirst ? 1 : 0);
      return own && this.#write.transpose(own, [1, 0]);
    });
  }

  holdAt(step: number): Hold | undefined {
    const mask = this.#masks?.[step];
    return mask && ((next, old) => this.#write.op('Where', [mask, next, old ?? this.#write.scalar(0)]));
  }

  /** Y from h of each direction and step. */
  joinSteps(directions: readonly (readonly Value[])[]): Value {
    const write = this.#write;
    const { steps, batch, hidden } = this.#lengths;
    const stacks = directions.map((values) => {
      const rows = values.length === 1 ? values[0] : write.op('Concat', values, { axis: 0 });
      return write.reshape(rows, [1, steps, hidden, batch]);
    });
    const all = stacks.length === 1 ? stacks[0] : write.op('Concat', stacks, { axis: 0 });
    return write.op('Transpose', [all], { perm: this.#isBatchFirst ? [3, 1, 0, 2] : [1, 0, 3, 2] });
  }

  /** Last states from those of each direction. */
  joinStates(directions: readonly Value[]): Value {
    const write = this.#write;
    const { batch, hidden } = this.#lengths;
    const parts = directions.map((value) => write.reshape(value, [1, hidden, batch]));
    const all = parts.length === 1 ? parts[0] : write.op('Concat', parts, { axis: 0 });
    return write.op('Transpose', [all], { perm: this.#isBatchFirst ? [2, 0, 1] : [0, 2, 1] });
  }

  /** A direction's share of an input, in a shape; undefined where the input is absent. */
  #part(index: number, direction: number, shape: readonly number[], axis = 0): Value | undefined {
    const value = this.#node.inputs[index];
    if (!value) return undefined;
    const write = this.#write;
    if (this.directions.length === 1) return write.reshape(value, shape);
    const bounds = [write.ints([direction]), write.ints([direction + 1]), write.ints([axis])];
    return write.reshape(write.op('Slice', [value, ...bounds]), shape);
  }

  #clipped(value: Value): Value {
    const limit = this.#node.float('clip') ?? 0;
    const write = this.#write;
    return limit > 0 ? write.op('Clip', [value, write.scalar(-limit), write.scalar(limit)]) : value;
  }

  #masksOf(sequenceLengths: Value): readonly Value[] {
    const write = this.#write;
    const { steps, batch } = this.#lengths;
    const row = write.reshape(write.cast(sequenceLengths, 'int64'), [1, batch]);
    return Array.from({ length: steps }, (_, t) => write.op('Greater', [row, write.scalar(t, 'int64')]));
  }
}

function strings(node: Node, name: string): string[] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute?.type !== 'STRINGS') return undefined;
  return attribute.value.map((bytes) => new TextDecoder().decode(bytes));
}

function floats(node: Node, name: string): readonly number[] {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'FLOATS' ? attribute.value : [];
}
