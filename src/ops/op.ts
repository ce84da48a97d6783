import type { DataType } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Dimension, Shape, TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { AxisMap } from './axis-map.ts';

/** What a shape rule may ask about its node. */
export interface InferenceContext {
  readonly node: Node;
  /** Operator set version the model is written in. */
  readonly opset: number;
  /** Type of an input; undefined when it is absent or unknown. */
  type(input: number): TensorType | undefined;
  /** The elements of a small integer input that is known before running; undefined otherwise. */
  integers(input: number): readonly number[] | undefined;
  /** The same where single elements may be symbols (a batch length, say) or unknown. */
  dims(input: number): readonly Dimension[] | undefined;
  /** The elements of a small float32 constant; undefined otherwise. */
  numbers(input: number): readonly number[] | undefined;
  /** Types that outputs of a body have (If, Loop, Scan); undefined where it is unknown or no tensor. */
  bodyOutput(attribute: string, output: number): TensorType | undefined;
}

/** What an axis rule may ask. Shapes may hold symbols; undefined where not even the rank is known. */
export interface AxesContext {
  readonly node: Node;
  inputShape(input: number): Shape | undefined;
  outputShape(output: number): Shape | undefined;
  integers(input: number): readonly number[] | undefined;
}

/** What a cost rule may ask: all shapes are known, symbolic axes taken as one sample. */
export interface CostContext {
  readonly node: Node;
  inputShape(input: number): readonly number[] | undefined;
  outputShape(output: number): readonly number[] | undefined;
}

/**
 * What an operator means to quantization, whatever the engine can do with it:
 * - `weighted`: multiplies its data (input 0) with a constant weight and adds a bias.
 * - `computed`: makes new values from its inputs, all of which may be quantized.
 * - `pass`: every output element is an element of input 0, or the constant of input `fill` (0 where that is absent), so
 *   both sides share one grid.
 * - `clamp`: cuts input 0 to `bounds`; a quantized producer's saturation can do that for free.
 */
export type QuantizationRole =
  | {
      readonly kind: 'weighted';
      readonly weight: number;
      readonly bias?: number;
      channelAxis(node: Node): number;
    }
  | { readonly kind: 'computed'; readonly fixedRange?: { readonly min: number; readonly max: number } }
  | { readonly kind: 'pass'; readonly fill?: number }
  | { readonly kind: 'clamp'; bounds(node: Node): ClampBounds | undefined };

/** An input that holds trained weights where it is constant: it may be stored in fewer bits. */
export interface WeightRole {
  readonly input: number;
  /** Axes whose every index goes into sums, or rows, of its own: a scale each costs little and serves well. */
  readonly ownAxes: readonly number[];
  /** The node is A·W (+ bias), with A the matrix or stack of rows in input 0 and W this matrix, or its transpose. */
  readonly product?: { readonly isTransposed: boolean; readonly bias: number | undefined };
  /** The node hands out what lies at the indices in input 1 along this axis. */
  readonly lookup?: { readonly axis: number };
}

export interface ClampBounds {
  /** Constants that hold the bounds; undefined stands for no bound on that side. */
  readonly min: number | Value | undefined;
  readonly max: number | Value | undefined;
}

/** The elements of a small integer output, flattened; undefined where they cannot be told. */
export type ElementRule = (context: InferenceContext) => readonly Dimension[] | undefined;

export interface UpgradeContext {
  readonly node: Node;
  /** The graph the node is in; new nodes and constants go there. */
  readonly graph: Graph;
  /** Number of axes of an input; undefined when unknown. */
  rank(input: number): number | undefined;
  /** Element type of an input; undefined when unknown. */
  dtype(input: number): DataType | undefined;
  /** The elements of a short float32 constant; undefined otherwise. */
  numbers(input: number): readonly number[] | undefined;
}

/** Everything pare knows about one operator. */
export interface Op {
  readonly type: string;
  /** '' is the standard domain. */
  readonly domain: string;
  /** Types of the outputs, in order; undefined where they cannot be told. */
  infer?(context: InferenceContext): (TensorType | undefined)[];
  /** Operators that reckon with shapes: the elements of output 0, where it is a small vector or scalar of integers. */
  readonly elements?: ElementRule;
  /** How axes of inputs meet axes of outputs; absent or undefined: unknown, so every axis is fixed. */
  axes?(context: AxesContext): AxisMap | undefined;
  /** Absent: the operator stays in float. */
  readonly role?: QuantizationRole;
  /** Absent: what it reads are no weights, or so few that they stay. */
  weights?(node: Node): readonly WeightRole[];
  /** Multiply–accumulates of one run; absent: not counted (element-wise and movement operators). */
  macs?(context: CostContext): number;
  /** `upgrades[v]` rewrites a node written for operator set v − 1 so that it means the same in v. */
  readonly upgrades?: Readonly<Record<number, (context: UpgradeContext) => void>>;
  /** For loops over bodies: types of a body's inputs, as far as the node's inputs tell them. */
  bodyInputs?(context: InferenceContext, attribute: string): (TensorType | undefined)[];
}
