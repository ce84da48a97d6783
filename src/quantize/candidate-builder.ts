import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { NodeState } from './plan.ts';

/** What becomes of a node, and why where it stays in float. */
export interface LayerState {
  readonly name: string;
  readonly node: Node;
  readonly state: NodeState['state'];
  readonly reason: string;
}

/** Builds one float model in as many ways as asked; what is chosen by measurement is chosen among these. */
export interface CandidateBuilder {
  /** The float model; it is not changed. */
  readonly base: Model;
  /** What becomes of each node if nothing else is left in float, in graph order. */
  describe(): Promise<readonly LayerState[]>;
  /** @param floatLayers names of nodes to be left in float besides the excluded ones, and why */
  build(floatLayers: ReadonlyMap<string, string>): Promise<{ readonly model: Model }>;
}
