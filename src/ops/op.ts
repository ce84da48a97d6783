import type { DataType } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Dimension, Shape, TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { AxisMap } from './axis-map.ts';

/** Types of a sequence's tensors, in order. */
export type TensorTypes = readonly TensorType[];

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
  /** The elements of a small float32 constant, of operators that declare `readsFloats`; undefined otherwise. */
  numbers(input: number): readonly number[] | undefined;
  /** The single integer that a tensor attribute holds; undefined where it holds anything else. */
  integerOf(attribute: string): number | undefined;
  /** Types of the elements of an input that is a sequence of tensors; undefined where not even their number is known. */
  sequence(input: number): TensorTypes | undefined;
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
 * - `weighted`: multiplies its data (input 0) with a constant weight and adds a bias; `takesData`: the weight may be data too.
 * - `computed`: makes new values from its data: the inputs `operands`, by default all.
 * - `pass`: every element of output 0 (of all outputs where `movesToAll`) is an element of input 0, or the constant of input
 *   `fill` (0 where that is absent), so both sides share one grid; but not where `refuses` gives a reason.
 * - `clamp`: cuts input 0 to `bounds`; a quantized producer's saturation can do that for free.
 * - `float`: is better left in float, for `reason`.
 */
export type QuantizationRole =
  | {
      readonly kind: 'weighted';
      readonly weight: number;
      readonly bias?: number;
      readonly takesData?: boolean;
      channelAxis(node: Node): number;
    }
  | {
      readonly kind: 'computed';
      readonly operands?: readonly number[];
      readonly fixedRange?: { readonly min: number; readonly max: number };
    }
  | {
      readonly kind: 'pass';
      readonly fill?: number;
      readonly movesToAll?: boolean;
      refuses?(node: Node): string | undefined;
    }
  | { readonly kind: 'clamp'; bounds(node: Node): ClampBounds | undefined }
  | { readonly kind: 'float'; readonly reason: string };

/** Codes with their grid, as inputs of an operator. */
export interface CodedOperand {
  readonly codes: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** The operands of an operator between Q and DQ. */
export interface CodedOperands {
  /** In the order of the operator's inputs; a layer's weight is among them, its bias is not. */
  readonly coded: readonly CodedOperand[];
  /** int32 codes. */
  readonly bias: Value | undefined;
  /** Inputs that are no codes, by index. */
  plain(index: number): Value | undefined;
  /** The grid of the result; undefined where it leaves in float. */
  readonly result: Omit<CodedOperand, 'codes'> | undefined;
}

/** The operator that does the work of another one on codes, as ONNX Runtime's QOperator layout has it. */
export interface CodesForm {
  readonly type: string;
  readonly domain: string;
  inputs(operands: CodedOperands): readonly (Value | undefined)[];
  /** Attributes it does not have, whose values must be the defaults. */
  readonly drops?: readonly string[];
}

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

/**
 * How an operator with constant weights computes in integers on activations that are quantized as they come
 * (quantize/dynamic):
 * - `product`: A·B, or alpha·A·B + beta·C with B perhaps transposed.
 * - `recurrence`: gates from an input weight (1) and one of the state (2), rows by gate and unit.
 * - `attention`: one packed projection to queries, keys and values.
 */
export type DynamicForm = 'product' | 'recurrence' | 'attention';

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
  /** The elements of a short float32 constant, of operators that declare `readsFloats`; undefined otherwise. */
  numbers(input: number): readonly number[] | undefined;
}

/** Everything pare knows about one operator. */
export interface Op {
  readonly type: string;
  /** '' is the standard domain. */
  readonly domain: string;
  /** Its rules ask for the numbers of small float constants; all others leave them unread. */
  readonly readsFloats?: true;
  /** Types of the outputs, in order; undefined where they cannot be told. */
  infer?(context: InferenceContext): (TensorType | undefined)[];
  /** Operators that reckon with shapes: the elements of output 0, where it is a small vector or scalar of integers. */
  readonly elements?: ElementRule;
  /** Operators that make a sequence of tensors as output 0: the types of its elements. */
  sequence?(context: InferenceContext): TensorTypes | undefined;
  /**
   * Never computed beforehand nor merged with an equal node: it draws anew on each run, or (Q/DQ) tells the engine where
   * integers begin.
   */
  readonly keepsItsPlace?: boolean;
  /** How axes of inputs meet axes of outputs; absent or undefined: unknown, so every axis is fixed. */
  axes?(context: AxesContext): AxisMap | undefined;
  /** Absent: the operator stays in float. */
  readonly role?: QuantizationRole;
  /** What computes the same on codes; undefined where nothing does, or not with the result the operands ask for. */
  onCodes?(hasFloatResult: boolean): CodesForm | undefined;
  /** A model that holds it is quantized already. */
  readonly isQuantized?: boolean;
  /** Absent: what it reads are no weights, or so few that they stay. */
  weights?(node: Node): readonly WeightRole[];
  /** Absent: it computes in float on activations whose ranges are not known beforehand. */
  readonly dynamic?: DynamicForm;
  /** Multiply–accumulates of one run; absent: not counted (element-wise and movement operators). */
  macs?(context: CostContext): number;
  /** `upgrades[v]` rewrites a node written for operator set v − 1 so that it means the same in v. */
  readonly upgrades?: Readonly<Record<number, (context: UpgradeContext) => void>>;
  /** For loops over bodies: types of a body's inputs, as far as the node's inputs tell them. */
  bodyInputs?(context: InferenceContext, attribute: string): (TensorType | undefined)[];
}
