import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { factsOf, type ModelFacts } from './facts-of.ts';
import type { Pass } from './pass.ts';

/** What a rewrite of one node may ask and change. */
export interface Scene extends Omit<ModelFacts, 'graphs'> {
  readonly model: Model;
  /** The graph the node is in: the main one or a body. */
  readonly graph: Graph;
}

interface NodePassFields {
  readonly name: string;
  readonly summary: string;
  /** Standard operators it looks at; nodes of them without their first output are left out. */
  readonly opTypes: readonly string[];
  /** Says whether it changed something. The node may be gone afterwards, and others with it. */
  rewrite(node: Node, scene: Scene): boolean | Promise<boolean>;
}

/** A pass that looks at single nodes of some operators, in the main graph and in bodies. */
export function nodePass({ name, summary, opTypes, rewrite }: NodePassFields): Pass {
  const wanted = new Set(opTypes);
  const isWanted = (node: Node) => node.domain === '' && wanted.has(node.opType);
  return {
    name,
    summary,
    async run(model, context) {
      const all = context.facts?.graphs ?? [...subgraphDepthFirst(model.graph)];
      const graphs = all.filter(({ nodes }) => hasOne(nodes, isWanted));
      if (graphs.length === 0) return 0;
      const { types, elements, pinned } = context.facts ?? (await factsOf(model));
      let changes = 0;
      for (const graph of graphs) {
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

/** A graph holds its nodes as a set, which has no `some`. */
function hasOne(nodes: Iterable<Node>, isWanted: (node: Node) => boolean): boolean {
  for (const node of nodes) if (isWanted(node)) return true;
  return false;
}
