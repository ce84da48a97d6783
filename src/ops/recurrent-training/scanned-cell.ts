import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';
import type { RecurrenceFacts } from './recurrence-facts.ts';

/** One direction's weights. */
export interface DirectionWeights {
  /** [gates · H, features] */
  readonly input: Value;
  /** [gates · H, H] */
  readonly recurrence: Value;
  /** Of W and of R, [gates · H, 1]; both are there or neither is. */
  readonly biases: { readonly input: Value; readonly recurrent: Value } | undefined;
}

/** Where a cell is written, and of what lengths. */
export interface CellPlace {
  readonly write: GraphWriter;
  readonly facts: RecurrenceFacts;
}

/** What a step of the forward pass makes. */
export interface ForwardStep {
  /** h, and c of an LSTM. */
  readonly states: readonly Value[];
  readonly factors: readonly Value[];
  readonly columns: readonly Value[];
}

/** What a step of the backward pass makes. */
export interface BackwardStep {
  /** Gradients of the states before the step. */
  readonly states: readonly Value[];
  /** Gradients of what enters the activations. */
  readonly gates: readonly Value[];
}

/** Of all steps, matrices [rows, steps · B]. */
export interface AllSteps {
  readonly gates: readonly Value[];
  readonly columns: readonly Value[];
}

export interface WeightGradients {
  /** [gates · H, features] */
  readonly input: Value;
  readonly recurrence: Value;
  /** Of W and of R; [gates · H, 1] each. */
  readonly biases: readonly [Value, Value] | undefined;
}

/**
 * A kind of recurrence whose passes are a Scan each. Everything is feature-major: a state is [H, B], so that gates are blocks
 * of rows and products pack the small state, not the weights. The forward pass computes the factors that gradients are
 * multiplied by, while all they depend on is near; a step back is then a few products (research/training.md §3).
 */
export interface ScannedCell {
  readonly gates: number;
  readonly states: number;
  /** Rows of the factors that a step of the forward pass keeps for the backward pass. */
  factorRows(facts: RecurrenceFacts): readonly number[];
  /** Rows of the gradients that a step of the backward pass makes. */
  gateRows(facts: RecurrenceFacts): readonly number[];
  /** Rows of what gates were computed from. */
  columnRows(facts: RecurrenceFacts): readonly number[];
  /** @returns writes a step: `x` is [x; 1] */
  forward(
    place: CellPlace,
    weights: DirectionWeights,
  ): (write: GraphWriter, x: Value, states: readonly Value[]) => ForwardStep;
  /** @returns writes a step, from the gradients of the states behind it */
  backward(
    place: CellPlace,
    weights: DirectionWeights,
  ): (write: GraphWriter, states: readonly Value[], factors: readonly Value[]) => BackwardStep;
  weightGradients(place: CellPlace, all: AllSteps): WeightGradients;
  /** dX, [steps · B, features] */
  inputGradient(place: CellPlace, weights: DirectionWeights, all: AllSteps): Value;
}
