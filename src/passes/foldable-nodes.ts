import type { DataType } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';
import { byteLength } from '../tensor/byte-length.ts';
import type { ModelFacts } from './facts-of.ts';

/** Folded constants are held in memory; longer ones stay as they are. */
const MAX_FOLDED_BYTES = 16 * 2 ** 20;
/** A folded constant may be longer than the constants it replaces up to this length: shapes and scalars. */
const SMALL_BYTES = 1024;
/** Types an engine hands out. */
const foldableTypes: ReadonlySet<DataType> = new Set<DataType>([
  ...(['float', 'double', 'float16', 'bool'] as const),
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const),
]);

type Facts = Pick<ModelFacts, 'types' | 'pinned'>;

/** Nodes of the main graph and of bodies that read nothing but constants and one another, in order. */
export function constantNodes(graphs: readonly Graph[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const graph of graphs) {
    graph.sort();
    for (const node of graph.nodes) {
      if (node.domain !== '' || node.inputs.length === 0 || opOf(node)?.keepsItsPlace) continue;
      if (node.subgraphs().length === 0 && readsConstants(node, found)) found.add(node);
    }
  }
  return found;
}

/**
 * Those of the constant nodes that may be computed without making the file larger: whole regions whose results are no
 * longer than the constants that only the region reads (weights cut and joined anew), else node by node.
 */
export function foldableNodes(candidates: ReadonlySet<Node>, facts: Facts): ReadonlySet<Node> {
  const sized = new Set<Node>();
  for (const node of candidates)
    if (readsConstants(node, sized) && (largestOutput(node, facts) ?? Infinity) <= MAX_FOLDED_BYTES)
      sized.add(node);
  const folded = new Set<Node>();
  for (const region of regionsOf(sized)) {
    if (staysSmall(region, facts)) for (const node of region) folded.add(node);
    else for (const node of region) if (isFoldable(node, folded, facts)) folded.add(node);
  }
  return folded;
}

function readsConstants(node: Node, folded: ReadonlySet<Node>): boolean {
  return node.inputs.every((value) => {
    if (!value || constantOf(value) !== undefined) return true;
    return value.producer !== undefined && folded.has(value.producer);
  });
}

/** Groups of nodes that share values, each in order. */
function regionsOf(nodes: ReadonlySet<Node>): Set<Node>[] {
  const leaders = new Map<Node | Value, Node | Value>();
  const leaderOf = (member: Node | Value): Node | Value => {
    let leader = member;
    for (let next = leaders.get(leader); next && next !== leader; next = leaders.get(leader)) leader = next;
    leaders.set(member, leader);
    return leader;
  };
  for (const node of nodes)
    for (const value of [...node.inputs, ...node.outputs])
      if (value) leaders.set(leaderOf(value), leaderOf(node));
  const regions = new Map<Node | Value, Set<Node>>();
  for (const node of nodes) {
    const leader = leaderOf(node);
    const region = regions.get(leader);
    if (region) region.add(node);
    else regions.set(leader, new Set([node]));
  }
  return [...regions.values()];
}

function staysSmall(region: ReadonlySet<Node>, { types, pinned }: Facts): boolean {
  let [made, freed] = [0, 0];
  const isInside = (value: Value) => value.uses.every(({ node }) => region.has(node));
  const values = new Set([...region].flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  for (const value of values) {
    if (!value) continue;
    const bytes = bytesOf(types.get(value)) ?? 0;
    const isConstant = constantOf(value) !== undefined;
    if (isConstant && !pinned.has(value) && isInside(value)) freed += bytes;
    else if (!isConstant && (pinned.has(value) || !isInside(value))) made += bytes;
  }
  return made <= freed;
}

function isFoldable(node: Node, folded: ReadonlySet<Node>, facts: Facts): boolean {
  if (!readsConstants(node, folded)) return false;
  return (largestOutput(node, facts) ?? Infinity) <= Math.max(SMALL_BYTES, bytesReplaced(node, facts));
}

/** Bytes of the inputs nothing else reads. */
function bytesReplaced(node: Node, { types, pinned }: Facts): number {
  let bytes = 0;
  for (const value of new Set(node.inputs))
    if (value && !pinned.has(value) && value.isReadOnlyBy(node)) bytes += bytesOf(types.get(value)) ?? 0;
  return bytes;
}

/** Undefined where one of them is not known. */
function largestOutput(node: Node, { types }: Facts): number | undefined {
  const lengths = node.outputs.map((value) => (value ? bytesOf(types.get(value)) : 0));
  return lengths.every((length) => length !== undefined) ? Math.max(0, ...lengths) : undefined;
}

/** Undefined where the engine cannot hand such a tensor out, or its size is not known beforehand. */
function bytesOf(type: TensorType | undefined): number | undefined {
  if (!type?.shape || !foldableTypes.has(type.dtype)) return undefined;
  const shape = type.shape.filter((n) => typeof n === 'number');
  return shape.length === type.shape.length ? byteLength(type.dtype, shape) : undefined;
}
