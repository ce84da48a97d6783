import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { TypeMap } from '../../ops/infer-types.ts';
import type { DynamicFacts } from '../../targets/target.ts';
import type { CodedWeight } from './coded-weight.ts';
import type { Emitter } from './emitter.ts';

/** What a form may ask about a layer before it is rewritten. */
export interface LayerFacts {
  readonly types: TypeMap;
  /** Values that leave a graph. */
  readonly pinned: ReadonlySet<Value>;
  readonly target: DynamicFacts;
}

/** One way to compute a layer in integers on activations that are quantized as they come. */
export interface Form {
  /** Lowest standard operator set whose operators it is written with. */
  readonly opset: number;
  /** Inputs that hold the weights it needs as constants. */
  readonly weights: readonly number[];
  /** Why this node cannot be computed so; asked only where the weights are float32 constants. */
  reasonAgainst(node: Node, facts: LayerFacts): string | undefined;
  /** Multiply–accumulates that tell whether it pays (`DynamicFacts.minMacs`). */
  macs(node: Node, facts: LayerFacts): number;
  /** Puts the integer layer in the node's place; its graph is sorted afterwards. */
  emit(node: Node, emitter: Emitter): Promise<CodedWeight[]>;
}
