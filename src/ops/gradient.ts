import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from './graph-writer.ts';

/**
 * What a gradient rule may ask about its node and write into the backward graph. All shapes are known: a training graph is
 * made for one fixed batch.
 */
export interface GradientContext {
  readonly node: Node;
  /** Writes into the backward graph; operator set 18 or above. */
  readonly write: GraphWriter;
  /** dL/d(output), of the output's shape; undefined where the loss does not depend on it. */
  gradient(output: number): Value | undefined;
  /** Whether dL/d(input) is asked for: others need not be written. */
  wants(input: number): boolean;
  /** An input of the forward node that is there. */
  input(index: number): Value;
  inputShape(index: number): readonly number[];
  outputShape(index: number): readonly number[];
  /** Elements of a small integer constant (axes, pads, shapes); undefined where it is absent or not constant. */
  integers(input: number): readonly number[] | undefined;
  /** Elements of a small float constant. */
  numbers(input: number): readonly number[] | undefined;
}

/**
 * Writes dL/d(input) for the inputs that are wanted, in input order; undefined stands for an input that has no gradient
 * (integers) or does not influence the result. At least one output has a gradient.
 */
export type GradientRule = (context: GradientContext) => readonly (Value | undefined)[];

/** Rules by operator of the standard domain. */
export type GradientRules = Readonly<Record<string, GradientRule>>;
