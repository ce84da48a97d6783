import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import type { ValueFacts } from '../ops/infer-types.ts';
import { factsOf } from './facts-of.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/** What a rewrite of one node may ask and change. */
export interface Scene extends ValueFacts {
  readonly model: Model;
  /** The graph the node is in: the main one or a body. */
  readonly graph: Graph;
  readonly pinned: ReadonlySet<Value>;
}

interface NodePassFields {
  readonly name: string;
  readonly summary: string;
  /** Standard operators it looks at; nodes of them without their first output are left out. */
  readonly opTypes: readonly string[];
  /** Says whether it changed something. The node may be gone afterwards, and others with it. */
  rewrite(node: Node, scene: Scene): boolean | Promise<boolean>;
}

/** A pass that looks at single nodes of some operators, in the main graph and in bodies, producers first. */
export function nodePass({ name, summary, opTypes, rewrite }: NodePassFields): Pass {
  const wanted = new Set(opTypes);
  const isWanted = (node: Node) => node.domain === '' && wanted.has(node.opType);
  return {
    name,
    summary,
    async run(model, context) {
      const graphs = [...subgraphDepthFirst(model.graph)].filter(({ nodes }) => [...nodes].some(isWanted));
      if (graphs.length === 0) return 0;
      const { types, elements } = await factsOf(model, context);
      const pinned = pinnedValues(model.graph);
      let changes = 0;
      for (const graph of graphs) {
        graph.sort();
        for (const node of [...graph.nodes]) {
          // An earlier rewrite may have removed it, or made another operator of it.
          if (node.graph !== graph || !isWanted(node) || !node.outputs[0]) continue;
          const outcome = rewrite(node, { model, graph, pinned, types, elements });
          // Awaiting what is known already would cost a turn of the event loop for each of thousands of nodes.
          if (typeof outcome === 'boolean' ? outcome : await outcome) changes++;
        }
      }
      return changes;
    },
  };
}
