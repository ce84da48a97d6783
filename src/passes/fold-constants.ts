import type { DataType } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { opOf } from '../ops/index.ts';
import { inferFacts, type TypeMap } from '../ops/infer-types.ts';
import { byteLength } from '../tensor/byte-length.ts';
import { becomeConstant } from './become-constant.ts';
import { constantOfNode } from './constant-of-node.ts';
import { factsOf } from './facts-of.ts';
import { modelOfConstants, nameOfResult } from './model-of-constants.ts';
import type { Pass, PassContext } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/** Folded constants are held in memory; longer ones stay as they are. */
const MAX_FOLDED_BYTES = 16 * 2 ** 20;
/** A folded constant may be longer than the constants it replaces up to this length: shapes and scalars. */
const SMALL_BYTES = 1024;
/** Types an engine hands out. */
const foldableTypes: ReadonlySet<DataType> = new Set<DataType>([
  ...(['float', 'double', 'float16', 'bool'] as const),
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const),
]);

/**
 * Computes what depends on constants alone, on the engine, and makes initializers of Constant nodes. What would make the
 * file larger stays: weights kept small by a Cast, expanded constants.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  summary: 'computes what depends on constants only',
  async run(model, context) {
    const pinned = pinnedValues(model.graph);
    let changes = liftConstants(model.graph, pinned);
    if (candidates(model.graph).size === 0) return changes;
    let { types } = await factsOf(model, context);
    // A folded shape makes further lengths known, so further nodes foldable.
    for (;;) {
      const found = await foldNodes(model, context, { types, pinned });
      changes += found;
      if (found === 0 || candidates(model.graph).size === 0) return changes;
      ({ types } = await inferFacts(model, { ignoreStated: true }));
    }
  },
};

interface Facts {
  readonly types: TypeMap;
  readonly pinned: ReadonlySet<Value>;
}

function liftConstants(root: Graph, pinned: ReadonlySet<Value>): number {
  let changes = 0;
  for (const graph of subgraphDepthFirst(root)) {
    for (const node of graph.nodes) {
      if (node.opType !== 'Constant' || node.domain !== '') continue;
      const value = node.outputs[0];
      const source = value && !pinned.has(value) ? constantOfNode(node) : undefined;
      if (!value || !source) continue;
      graph.remove(node);
      becomeConstant(graph, value, source);
      changes++;
    }
  }
  return changes;
}

async function foldNodes(model: Model, { runner }: PassContext, facts: Facts): Promise<number> {
  const { nodes, results } = foldable(model.graph, facts);
  if (results.length === 0) return 0;
  const bytes = await modelToBytes(modelOfConstants(model, nodes, results));
  const session = await runner.load(bytes, { level: 'disabled' });
  const tensors = await session.run({}).finally(() => session.close());
  for (const [i, value] of results.entries()) {
    const { producer } = value;
    producer?.setOutputs(producer.outputs.map((output) => (output === value ? undefined : output)));
    becomeConstant(producer?.graph ?? model.graph, value, tensorSourceOfTensor(tensors[nameOfResult(i)]));
  }
  let changes = 0;
  for (const node of [...nodes].reverse()) {
    if (node.outputs.some((value) => value && (value.isUsed || facts.pinned.has(value)))) continue;
    node.graph?.remove(node);
    changes++;
  }
  return changes;
}

/** Nodes that depend on constants alone, in order, and those of their outputs that other nodes read. */
function foldable(root: Graph, facts: Facts): { nodes: Node[]; results: Value[] } {
  const folded = new Set<Node>();
  for (const node of candidates(root)) if (isFoldable(node, folded, facts)) folded.add(node);
  const outputs = [...folded].flatMap((node) => node.outputs.filter((value) => value !== undefined));
  // Outputs of a graph keep their producers; what only they need is not folded.
  const isResult = (value: Value) =>
    !facts.pinned.has(value) && value.uses.some((use) => !folded.has(use.node));
  return { nodes: [...folded], results: outputs.filter(isResult) };
}

/** Nodes of the main graph and of bodies that read nothing but constants and one another, in order. */
function candidates(root: Graph): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const graph of subgraphDepthFirst(root)) {
    graph.sort();
    for (const node of graph.nodes) {
      if (node.domain !== '' || node.inputs.length === 0 || opOf(node)?.keepsItsPlace) continue;
      if (!node.subgraphs()[Symbol.iterator]().next().done) continue;
      if (node.inputs.every((value) => isConstant(value, found))) found.add(node);
    }
  }
  return found;
}

function isConstant(value: Value | undefined, folded: ReadonlySet<Node>): boolean {
  if (!value || constantOf(value) !== undefined) return true;
  return value.producer !== undefined && folded.has(value.producer);
}

function isFoldable(node: Node, folded: ReadonlySet<Node>, facts: Facts): boolean {
  if (!node.inputs.every((value) => isConstant(value, folded))) return false;
  const allowance = Math.min(MAX_FOLDED_BYTES, Math.max(SMALL_BYTES, bytesReplaced(node, facts)));
  const lengths = node.outputs.map((value) => (value ? bytesOf(facts.types.get(value)) : 0));
  return lengths.every((length) => length !== undefined && length <= allowance);
}

/** Bytes of the inputs nothing else reads. */
function bytesReplaced(node: Node, { types, pinned }: Facts): number {
  let bytes = 0;
  for (const value of new Set(node.inputs))
    if (value && !pinned.has(value) && value.isReadOnlyBy(node)) bytes += bytesOf(types.get(value)) ?? 0;
  return bytes;
}

/** Undefined where the engine cannot hand such a tensor out, or its size is not known beforehand. */
function bytesOf(type: TensorType | undefined): number | undefined {
  if (!type?.shape || !foldableTypes.has(type.dtype)) return undefined;
  const shape = type.shape.filter((n) => typeof n === 'number');
  return shape.length === type.shape.length ? byteLength(type.dtype, shape) : undefined;
}
