import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import { opOf } from './index.ts';
import { inferTypes, type TypeMap } from './infer-types.ts';

/**
 * Multiply–accumulates of one sample: symbolic and unknown lengths count as 1.
 * @param known the model's types, where they are inferred already
 */
export async function countMacs(
  model: Model,
  known?: TypeMap,
): Promise<{ total: number; byNode: ReadonlyMap<Node, number> }> {
  const types = known ?? (await inferTypes(model));
  const byNode = new Map<Node, number>();
  const total = sum(model.graph, types, byNode);
  return { total, byNode };
}

/** Of a graph; of the bodies of a node the one that computes most counts, once: an If runs one of its two. */
function sum(graph: Graph, types: TypeMap, byNode: Map<Node, number>): number {
  let total = 0;
  for (const node of graph.nodes) {
    const shapeOf = (value: (typeof node.inputs)[number]) => value && lengths(types.get(value));
    const macs = opOf(node)?.macs?.({
      node,
      inputShape: (index) => shapeOf(node.inputs[index]),
      outputShape: (index) => shapeOf(node.outputs[index]),
    });
    if (macs) byNode.set(node, macs);
    let largest = 0;
    for (const body of node.subgraphs()) largest = Math.max(largest, sum(body, types, byNode));
    total += (macs ?? 0) + largest;
  }
  return total;
}

function lengths(type: TensorType | undefined): readonly number[] | undefined {
  return type?.shape?.map((n) => (typeof n === 'number' ? n : 1));
}
