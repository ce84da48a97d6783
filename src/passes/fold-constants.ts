import type { DataType } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import { byteLength } from '../tensor/byte-length.ts';
import { modelOfConstants } from './model-of-constants.ts';
import type { Pass, PassContext } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/** Folded constants are held in memory; longer ones stay as they are. */
const MAX_FOLDED_BYTES = 16 * 2 ** 20;
/** A folded constant may be longer than the constants it replaces up to this length: shapes and scalars. */
const SMALL_BYTES = 1024;
/** Drawn anew on each run, or (Q/DQ) of a meaning that the folded form would lose. */
const notFoldable = new Set([
  'Bernoulli',
  'DequantizeLinear',
  'Dropout',
  'Multinomial',
  'QuantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);
/** Types an engine hands out. */
const foldableTypes: ReadonlySet<DataType> = new Set<DataType>([
  ...(['float', 'double', 'float16', 'bool'] as const),
  ...(['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const),
]);

/**
 * Computes what depends on constants alone, on the engine; shapes that inference knows count as constants, and Constant
 * nodes become initializers. What would make the file larger stays: weights kept small by a Cast, expanded constants.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  summary: 'computes what depends on constants only',
  async run(model, context) {
    const pinned = pinnedValues(model.graph);
    let changes = liftConstants(model.graph, pinned);
    // A folded shape makes further lengths known, so further nodes foldable.
    for (let found = -1; found !== 0; changes += found) {
      const types = await inferTypes(model, { ignoreStated: true });
      found = foldShapes(model.graph, types, pinned) + (await foldNodes(model, context, { types, pinned }));
    }
    return changes;
  },
};

interface Facts {
  readonly types: TypeMap;
  readonly pinned: ReadonlySet<Value>;
}

function liftConstants(graph: Graph, pinned: ReadonlySet<Value>): number {
  let changes = 0;
  for (const node of graph.nodes) {
    const value = node.outputs[0];
    const source = value && !pinned.has(value) ? constantOf(value) : undefined;
    if (node.opType !== 'Constant' || !value || !source) continue;
    graph.remove(node);
    becomeConstant(graph, value, source);
    changes++;
  }
  return changes;
}

/** Shape of a value whose lengths are all known. */
function foldShapes(graph: Graph, types: TypeMap, pinned: ReadonlySet<Value>): number {
  let changes = 0;
  for (const node of graph.nodes) {
    const [input] = node.inputs;
    if (node.opType !== 'Shape' || node.domain !== '' || !input || pinned.has(node.output)) continue;
    const shape = types.get(input)?.shape;
    if (!shape?.every((n) => typeof n === 'number')) continue;
    const part = shape.slice(node.int('start') ?? 0, node.int('end') ?? shape.length);
    const data = BigInt64Array.from(part, BigInt);
    const { output } = node;
    graph.remove(node);
    becomeConstant(graph, output, tensorSourceOfTensor({ dtype: 'int64', shape: [data.length], data }));
    changes++;
  }
  return changes;
}

/** Of a value whose producer is gone. */
function becomeConstant(graph: Graph, value: Value, source: TensorSource): void {
  value.initializer = source;
  value.type = { kind: 'tensor', dtype: source.dtype, shape: source.shape };
  graph.adoptInitializer(value);
}

async function foldNodes(model: Model, { runner }: PassContext, facts: Facts): Promise<number> {
  const { graph } = model;
  const { nodes, results } = foldable(graph, facts);
  if (results.length === 0) return 0;
  const bytes = await modelToBytes(modelOfConstants(model, nodes, results));
  const session = await runner.load(bytes, { level: 'disabled' });
  const tensors = await session.run({}).finally(() => session.close());
  for (const value of results) {
    const { producer } = value;
    producer?.setOutputs(producer.outputs.map((output) => (output === value ? undefined : output)));
    becomeConstant(graph, value, tensorSourceOfTensor(tensors[value.name]));
  }
  let changes = 0;
  for (const node of [...nodes].reverse()) {
    if (node.outputs.some((value) => value && (value.isUsed || facts.pinned.has(value)))) continue;
    graph.remove(node);
    changes++;
  }
  return changes;
}

/** Nodes that depend on constants alone, in order, and those of their outputs that other nodes read. */
function foldable(graph: Graph, facts: Facts): { nodes: Node[]; results: Value[] } {
  graph.sort();
  const folded = new Set<Node>();
  for (const node of graph.nodes) if (isFoldable(node, folded, facts)) folded.add(node);
  const outputs = [...folded].flatMap((node) => node.outputs.filter((value) => value !== undefined));
  // Outputs of the graph keep their producers; what only they need is not folded.
  const isResult = (value: Value) =>
    !facts.pinned.has(value) && value.uses.some((use) => !folded.has(use.node));
  return { nodes: [...folded], results: outputs.filter(isResult) };
}

function isFoldable(node: Node, folded: ReadonlySet<Node>, facts: Facts): boolean {
  if (node.domain !== '' || notFoldable.has(node.opType) || node.inputs.length === 0) return false;
  if (!node.subgraphs()[Symbol.iterator]().next().done) return false;
  const isConstant = (value: Value | undefined) =>
    !value || constantOf(value) !== undefined || (value.producer && folded.has(value.producer));
  if (!node.inputs.every(isConstant)) return false;
  const allowance = Math.min(MAX_FOLDED_BYTES, Math.max(SMALL_BYTES, bytesReplaced(node, facts)));
  const lengths = node.outputs.map((value) => (value ? bytesOf(facts.types.get(value)) : 0));
  return lengths.every((length) => length !== undefined && length <= allowance);
}

/** Bytes of the inputs nothing else reads. */
function bytesReplaced(node: Node, { types, pinned }: Facts): number {
  let bytes = 0;
  for (const value of new Set(node.inputs)) {
    const isOnlyReader = value && !pinned.has(value) && value.uses.every((use) => use.node === node);
    if (isOnlyReader) bytes += bytesOf(types.get(value)) ?? 0;
  }
  return bytes;
}

/** Undefined where the engine cannot hand such a tensor out, or its size is not known beforehand. */
function bytesOf(type: TensorType | undefined): number | undefined {
  if (!type?.shape || !foldableTypes.has(type.dtype)) return undefined;
  const shape = type.shape.filter((n) => typeof n === 'number');
  return shape.length === type.shape.length ? byteLength(type.dtype, shape) : undefined;
}
