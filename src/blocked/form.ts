import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import type { Blocked, BlockedValues, EncodedWeight } from './blocked-values.ts';

/** What the blocked form of a node may ask and do. All shapes are known. */
export interface FormContext {
  readonly node: Node;
  readonly write: GraphWriter;
  readonly values: BlockedValues;
  /** An input that is there, to ask about, or to get in blocks from `values`. */
  input(index: number): Value;
  /** The same in its plain layout, to be read. */
  plain(index: number): Value;
  shapeOf(value: Value): readonly number[];
  /** Elements of a small integer constant. */
  integers(input: number): readonly number[] | undefined;
  /** Elements of a small float constant. */
  numbers(input: number): readonly number[] | undefined;
  /** Whether anybody reads an output. */
  isWanted(output: number): boolean;
  /** Makes the value an output of the node, in its plain layout; it has a producer of its own. */
  give(output: number, value: Value): void;
  /** Makes the first `length` of the vector [C↑] an output of the node. */
  giveVector(output: number, filled: Value, length: number): void;
  /** Makes weights an output of the node. */
  giveWeights(output: number, weights: EncodedWeight): void;
  /** Makes the map an output of the node. */
  giveBlocked(output: number, blocked: Blocked): void;
}

/**
 * Writes what a node does on maps in blocks and gives all its wanted outputs.
 * @returns false where the node's shape has no blocked form, with nothing written: the standard form stays
 */
export type Form = (context: FormContext) => boolean;
