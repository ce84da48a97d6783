import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { inferFacts, type ValueFacts } from '../ops/infer-types.ts';
import { pinnedValues } from './pinned-values.ts';

/** What a round of passes shares: it stays true whatever they change, though new nodes are not in it. */
export interface ModelFacts extends ValueFacts {
  /** The main graph and all bodies, outer ones first; those of nodes that are gone are empty. */
  readonly graphs: readonly Graph[];
  /** See `pinnedValues`. */
  readonly pinned: ReadonlySet<Value>;
}

/** What is known of a model. What the file states of inner values is not believed: it may be stale. */
export async function factsOf(model: Model): Promise<ModelFacts> {
  const { types, elements } = await inferFacts(model, { ignoreStated: true });
  return { types, elements, graphs: [...subgraphDepthFirst(model.graph)], pinned: pinnedValues(model.graph) };
}
