import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import type { GateActivation } from './gate-activation.ts';

/**
 * What a cell is written from, for one direction. Everything is feature-major: a state is [H, B], so that gates are blocks of
 * rows, and the product R · h packs the small state, not the weights (research/training.md §3).
 */
export interface CellParts {
  readonly node: Node;
  readonly write: GraphWriter;
  readonly hidden: number;
  /** [gates · H, H] */
  readonly recurrence: Value;
  /** Of W and of R, [gates · H, 1]; both are there or neither is. */
  readonly biases: { readonly input: Value; readonly recurrent: Value } | undefined;
  /** Weights [H, 1] of the cell's state in the gates i, o, f. */
  readonly peepholes: readonly [Value, Value, Value] | undefined;
  readonly activations: readonly GateActivation[];
  /** Whether the activations are the operator's own and nothing is cut. */
  readonly isPlain: boolean;
  /** Cuts what enters an activation, where the node says so. */
  clip(value: Value): Value;
}

/** States [H, B] by number: h, and c of an LSTM. Undefined is 0. */
export type CellState = readonly (Value | undefined)[];

export interface WrittenCell {
  /** What rows of W are multiplied by, [gates · H, 1]; default 1. */
  readonly rowScale?: Value;
  /** Added to W · x of all steps at once. */
  readonly inputBias: Value | undefined;
  /** @param projected W · x + inputBias of the step, [gates · H, B] */
  step(projected: Value, state: CellState): readonly Value[];
}

/** A kind of recurrence. */
export interface Cell {
  readonly gates: number;
  readonly states: number;
  /** Names of the default activations. */
  readonly activations: readonly string[];
  write(parts: CellParts): WrittenCell;
}
