import type { Runner } from '../../../base/runner.ts';
import type { DataType } from '../../../base/tensor.ts';
import { constantOf } from '../../../onnx/constant-of.ts';
import type { Graph } from '../../../onnx/ir/graph.ts';
import type { Model } from '../../../onnx/ir/model.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import type { TensorSource } from '../../../onnx/ir/tensor-source.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { modelToBytes } from '../../../onnx/write/write-model.ts';
import { inferTypes, type TypeMap } from '../../../ops/infer-types.ts';
import { modelOfConstants, nameOfResult } from '../../../passes/model-of-constants.ts';
import { pinnedValues } from '../../../passes/pinned-values.ts';
import { byteLength } from '../../../tensor/byte-length.ts';
import { bytesOfTensor } from '../../../tensor/bytes-of-tensor.ts';
import { codedLeaves, isDecoding, storedAtRest } from '../constant-chain.ts';
import type { Dequantizer } from '../dequantizer.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';

/** A weight of which one tensor holds more than this is no weight. */
const MAX_BYTES = 2 ** 32;
/** Types an engine hands out. */
const handedOut: ReadonlySet<DataType> = new Set<DataType>(['float', 'float16', 'double']);

/**
 * Weights that ordinary operators decode from codes when a session is made: Cast · Mul (· Add), Gather from a codebook,
 * bits taken from bytes. The engine decodes them here, when they are read.
 */
export const atRest: Form = {
  name: 'at-rest',
  summary: 'codes behind Cast, Mul, Add, Gather, BitShift and the like',
  stage: 'fold',
  operators: [],
  async rewrite(model, dequantizer) {
    const types = await inferTypes(model);
    const pinned = pinnedValues(model.graph);
    let count = 0;
    for (const [graph, value] of decodedValues(model, types, pinned)) {
      fold(graph, value, { model, types, dequantizer });
      count++;
    }
    return count;
  },
};

/** Results of chains of constants that codes take part in, where something else than the chain reads them. */
function decodedValues(model: Model, types: TypeMap, pinned: ReadonlySet<Value>): [Graph, Value][] {
  const found: [Graph, Value][] = [];
  for (const [graph, node] of decodingNodes(model.graph)) {
    const [value] = node.outputs;
    const dtype = value && types.get(value)?.dtype;
    if (!value || pinned.has(value) || !dtype || !handedOut.has(dtype)) continue;
    const isResult = value.uses.some((use) => !isDecoding(use.node));
    if (isResult && codedLeaves(value).length > 0) found.push([graph, value]);
  }
  return found;
}

function* decodingNodes(graph: Graph): Iterable<[Graph, Node]> {
  for (const node of graph.nodes) {
    if (isDecoding(node)) yield [graph, node];
    for (const inner of node.subgraphs()) yield* decodingNodes(inner);
  }
}

function fold(
  graph: Graph,
  value: Value,
  { model, types, dequantizer }: { model: Model; types: TypeMap; dequantizer: Dequantizer },
): void {
  const type = types.get(value);
  const shape = type?.shape?.filter((n) => typeof n === 'number');
  const producer = value.producer!;
  if (!type || !shape || shape.length !== type.shape?.length)
    throw cannotDequantize(producer, 'the shape of what it decodes to cannot be told');
  const bytes = byteLength(type.dtype, shape);
  if (bytes > MAX_BYTES) throw cannotDequantize(producer, 'it decodes to more than 4 GiB');
  const chain = modelOfConstants(model, ancestors(value), [value]);
  for (const { node } of value.uses) dequantizer.note(node, storedAtRest(value));
  const read = () => evaluate(chain, nameOfResult(0), dequantizer.runner);
  const source: TensorSource = { dtype: type.dtype, shape, byteLength: bytes, read };
  producer.setOutputs([undefined]);
  value.initializer = source;
  value.type = { kind: 'tensor', dtype: type.dtype, shape };
  graph.adoptInitializer(value);
}

async function evaluate(chain: Model, name: string, runner: Runner): Promise<Uint8Array> {
  const session = await runner.load(await modelToBytes(chain), { level: 'disabled' });
  try {
    return bytesOfTensor((await session.run({}))[name]);
  } finally {
    await session.close();
  }
}

/** The nodes a constant is computed by, producers first. */
function ancestors(value: Value): Node[] {
  const order = new Set<Node>();
  const open: Node[] = [value.producer!];
  while (open.length > 0) {
    const node = open[open.length - 1];
    const missing = node.inputs.flatMap((input) => {
      const producer = input && !constantOf(input) ? input.producer : undefined;
      return producer && !order.has(producer) ? [producer] : [];
    });
    if (missing.length > 0) open.push(...missing);
    else {
      order.add(node);
      open.pop();
    }
  }
  return [...order];
}
