import type { Runner } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { opOf } from '../../ops/index.ts';
import { inferTypes, type TypeMap } from '../../ops/infer-types.ts';
import { modelOfConstants, nameOfResult } from '../../passes/model-of-constants.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import { constantCone } from './constant-cone.ts';

/** Longer tensors are not held in memory. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * Makes constants of weights that are put together from constants in every run: exporters write the rows of an LSTM so,
 * and bodies of If, Loop and Scan keep them so. Equal ones become one constant of the main graph.
 * @param isWanted which nodes' weights
 */
export async function settleWeights(
  model: Model,
  runner: Runner,
  isWanted: (node: Node) => boolean,
): Promise<void> {
  const types = await inferTypes(model, { ignoreStated: true });
  const settled = new Map<Value, Value | undefined>();
  const tensors: { tensor: Tensor; value: Value }[] = [];
  const settle = async (value: Value): Promise<Value | undefined> => {
    const nodes = constantCone(value);
    if (!nodes || nodes.size === 0 || !isFloatOfBoundedSize(value, nodes, types)) return undefined;
    const tensor = await compute(model, runner, nodes, value);
    const equal = tensors.find((other) => isEqual(other.tensor, tensor));
    if (equal) return equal.value;
    const constant = model.graph.addInitializer(`${value.name}/settled`, tensorSourceOfTensor(tensor));
    tensors.push({ tensor, value: constant });
    return constant;
  };
  for (const graph of [...subgraphDepthFirst(model.graph)]) {
    for (const node of graph.nodes) {
      for (const { input } of isWanted(node) ? (opOf(node)?.weights?.(node) ?? []) : []) {
        const value = node.inputs[input];
        if (!value) continue;
        if (!settled.has(value)) settled.set(value, await settle(value));
        const constant = settled.get(value);
        if (constant) node.setInput(input, constant);
      }
    }
  }
}

async function compute(
  model: Model,
  runner: Runner,
  nodes: ReadonlySet<Node>,
  value: Value,
): Promise<Tensor> {
  const constants = modelOfConstants(model, [...nodes], [value]);
  constants.graph.sort();
  const session = await runner.load(await modelToBytes(constants), { level: 'disabled' });
  try {
    return (await session.run({}))[nameOfResult(0)];
  } finally {
    await session.close();
  }
}

function isFloatOfBoundedSize(value: Value, nodes: ReadonlySet<Node>, types: TypeMap): boolean {
  if (types.get(value)?.dtype !== 'float') return false;
  const made = [...nodes].flatMap((node) => node.outputs.filter((output) => output !== undefined));
  return made.every((output) => {
    const type = types.get(output);
    const shape = type?.shape?.filter((n) => typeof n === 'number');
    return type && shape?.length === type.shape?.length && byteLength(type.dtype, shape!) <= MAX_BYTES;
  });
}

function isEqual(a: Tensor, b: Tensor): boolean {
  if (a.shape.join() !== b.shape.join()) return false;
  const [x, y] = [bytesOfTensor(a), bytesOfTensor(b)];
  return x.every((byte, i) => byte === y[i]);
}
