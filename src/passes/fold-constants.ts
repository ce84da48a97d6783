import { constantOf } from '../onnx/constant-of.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import type { Pass, PassContext } from './pass.ts';

/** A folded constant may not blow up the file: ConstantOfShape and Tile can make gigabytes of a few bytes. */
const MAX_FOLDED_BYTES = 16 * 2 ** 20;
const notFoldable = new Set([
  'Constant',
  'RandomNormal',
  'RandomUniform',
  'RandomNormalLike',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
  'ConstantOfShape',
  'Tile',
  'Expand',
  'Range',
  'QuantizeLinear',
  'DequantizeLinear',
  'OneHot',
  'Pad',
]);

/** Computes what depends on constants alone, on the engine; shapes that inference knows count as constants. */
export const foldConstants: Pass = {
  name: 'fold-constants',
  summary: 'computes what depends on constants only',
  async run(model, context) {
    const types = await inferTypes(model);
    const shapes = foldShapes(model.graph, types);
    return shapes + (await foldNodes(model, context));
  },
};

/** Shape of a value whose lengths are all known. */
function foldShapes(graph: Graph, types: TypeMap): number {
  let changes = 0;
  for (const node of [...graph.nodes]) {
    const input = node.inputs[0];
    if (node.opType !== 'Shape' || node.domain !== '' || !input) continue;
    const shape = types.get(input)?.shape;
    if (!shape?.every((n) => typeof n === 'number')) continue;
    const part = shape.slice(node.int('start') ?? 0, node.int('end') ?? shape.length);
    const data = BigInt64Array.from(part, BigInt);
    replaceByConstant(graph, node, node.output, { dtype: 'int64', shape: [data.length], data });
    graph.remove(node);
    changes++;
  }
  return changes;
}

function replaceByConstant(
  graph: Graph,
  node: Node,
  output: Value,
  tensor: Parameters<typeof tensorSourceOfTensor>[0],
) {
  node.setOutputs(node.outputs.map((value) => (value === output ? undefined : value)));
  output.initializer = tensorSourceOfTensor(tensor);
  output.type = { kind: 'tensor', dtype: tensor.dtype, shape: tensor.shape };
  graph.adoptInitializer(output);
}

async function foldNodes(model: Model, { runner }: PassContext): Promise<number> {
  const { graph } = model;
  const { nodes, results } = foldable(graph);
  if (results.length === 0) return 0;
  const session = await runner.load(await modelToBytes(constantModel(model, nodes, results)), {
    level: 'disabled',
  });
  try {
    const tensors = await session.run({});
    for (const output of results) {
      const tensor = tensors[output.name];
      if (Array.isArray(tensor.data) || tensor.data.byteLength > MAX_FOLDED_BYTES) continue;
      const { producer } = output;
      if (producer) replaceByConstant(graph, producer, output, tensor);
    }
  } finally {
    await session.close();
  }
  let changes = 0;
  for (const node of nodes) {
    const isNeeded = node.outputs.some((value) => value && (value.isUsed || graph.outputs.includes(value)));
    if (isNeeded) continue;
    graph.remove(node);
    changes++;
  }
  return changes;
}

/** Nodes that depend on constants alone, and those of their outputs that other nodes read. */
function foldable(graph: Graph): { nodes: Node[]; results: Value[] } {
  graph.sort();
  const folded = new Set<Node>();
  for (const node of graph.nodes) if (isFoldable(node, folded)) folded.add(node);
  const results: Value[] = [];
  for (const node of folded) {
    for (const value of node.outputs) {
      if (value?.uses.some((use) => !folded.has(use.node)) && !graph.outputs.includes(value))
        results.push(value);
    }
  }
  // Outputs of the graph keep their producers; what only they need is not folded.
  return { nodes: [...folded].reverse(), results };
}

function isFoldable(node: Node, folded: ReadonlySet<Node>): boolean {
  if (node.domain !== '' || notFoldable.has(node.opType) || [...node.subgraphs()].length > 0) return false;
  return (
    node.inputs.length > 0 &&
    node.inputs.every(
      (value) => !value || constantOf(value) || (value.producer && folded.has(value.producer)),
    )
  );
}

/** A model of copies of the nodes to fold, with their constants, that makes the results. */
function constantModel(model: Model, nodes: readonly Node[], results: readonly Value[]): Model {
  const graph = new Graph('constants');
  const copies = new Map<Value, Value>();
  const copy = (value: Value | undefined): Value | undefined => {
    if (!value) return undefined;
    let twin = copies.get(value);
    if (!twin) {
      const source = constantOf(value);
      twin = new Value(value.name, undefined, source);
      copies.set(value, twin);
      if (source) graph.adoptInitializer(twin);
    }
    return twin;
  };
  for (const { opType, name, inputs, outputs, attributes } of nodes) {
    graph.add(new Node({ opType, name, attributes, inputs: inputs.map(copy), outputs: outputs.map(copy) }));
  }
  graph.outputs = results.map((value) => copies.get(value)!);
  const result = new Model(graph);
  result.irVersion = Math.max(4, model.irVersion);
  for (const [domain, version] of model.opsetImports) result.opsetImports.set(domain, version);
  return result;
}
