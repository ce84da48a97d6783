import { constantOf } from '../../onnx/constant-of.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { opOf } from '../../ops/index.ts';
import type { WeightRole } from '../../ops/op.ts';
import { dataTypes } from '../../tensor/data-types.ts';

/** A constant that one or several nodes read as their weight, or a part of it. */
export interface WeightSite {
  readonly value: Value;
  readonly source: TensorSource;
  /** The graph the constant stands in. */
  readonly graph: Graph;
  readonly readers: readonly WeightReader[];
}

export interface WeightReader {
  readonly node: Node;
  readonly role: WeightRole;
}

/** Nodes between a weight and the constants it is made of: exporters slice, turn and join weights in front of their reader. */
const MAX_DEPTH = 16;

/**
 * The constants a value is computed from, itself if it is one; undefined where it depends on anything else, or is decoded
 * from codes: the scales beside them are no weights.
 */
function leavesOf(value: Value, depth = 0): Value[] | undefined {
  const constant = constantOf(value);
  if (constant) return depth > 0 && dataTypes[constant.dtype].bits <= 8 ? undefined : [value];
  const { producer } = value;
  if (!producer || depth === MAX_DEPTH || [...producer.subgraphs()].length > 0) return undefined;
  const inputs = producer.inputs.filter((input) => input !== undefined);
  // What has no inputs is drawn at random, or a constant in a form that is never a weight's.
  const leaves = inputs.map((input) => leavesOf(input, depth + 1));
  const isConstant = leaves.length > 0 && leaves.every((own) => own !== undefined);
  return isConstant ? [...new Set(leaves.flatMap((own) => own ?? []))] : undefined;
}

/** Nothing is known of the axes of a constant that others make a weight of; the first usually counts units. */
function rowwise({ input }: WeightRole): WeightRole {
  return { input, ownAxes: [0] };
}

/** All constant weights of the graph and of the bodies inside it, in the order of their first readers. */
export function weightSites(graph: Graph): WeightSite[] {
  const owners = new Map<Value, Graph>();
  const readers = new Map<Value, WeightReader[]>();
  for (const inner of subgraphDepthFirst(graph)) {
    for (const value of inner.initializers) owners.set(value, inner);
    for (const node of inner.nodes) {
      for (const role of opOf(node)?.weights?.(node) ?? []) {
        const value = node.inputs[role.input];
        for (const leaf of value ? (leavesOf(value) ?? []) : []) {
          const reader = { node, role: leaf === value ? role : rowwise(role) };
          readers.set(leaf, [...(readers.get(leaf) ?? []), reader]);
        }
      }
    }
  }
  return [...readers].flatMap(([value, all]) => {
    const source = constantOf(value);
    const owner = owners.get(value) ?? value.producer?.graph;
    return source && owner ? [{ value, source, graph: owner, readers: all }] : [];
  });
}
