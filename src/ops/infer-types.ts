import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from './index.ts';

/** Shapes, axes and pads are short; larger integer constants are data. */
const MAX_INTEGERS = 256;

/** Types by value, as far as the file states them or the operators' shape rules tell. */
export type TypeMap = ReadonlyMap<Value, TensorType>;

export interface InferOptions {
  /**
   * Leaves out what the file states about values between graph inputs and nodes. Exporters, and people who edit a batch
   * size, leave such statements stale: whoever bakes a shape into the model must not believe them. Default false.
   */
  ignoreStated?: boolean;
}

/** Infers the types of all values of the main graph; subgraphs keep what the file states. */
export async function inferTypes(
  model: Model,
  { ignoreStated = false }: InferOptions = {},
): Promise<TypeMap> {
  const types = new Map<Value, TensorType>();
  const integers = await smallIntegers(model.graph);
  for (const value of [...model.graph.inputs, ...model.graph.initializers]) note(types, value, undefined);
  model.graph.sort();
  for (const node of model.graph.nodes) {
    const inferred = opOf(node)?.infer?.(context(node, model.opset, types, integers)) ?? [];
    node.outputs.forEach((value, index) => {
      if (!value) return;
      const type = inferred[index];
      if (!ignoreStated) note(types, value, type);
      else if (type) types.set(value, type);
    });
  }
  return types;
}

function context(node: Node, opset: number, types: TypeMap, integers: ReadonlyMap<Value, readonly number[]>) {
  return {
    node,
    opset,
    type: (index: number) => at(types, node.inputs[index]),
    integers: (index: number) => at(integers, node.inputs[index]),
  };
}

function at<T>(map: ReadonlyMap<Value, T>, value: Value | undefined): T | undefined {
  return value && map.get(value);
}

/** What was inferred counts more than what the file says, which exporters often leave stale; gaps fill each other. */
function note(types: Map<Value, TensorType>, value: Value, inferred: TensorType | undefined): void {
  const stated = value.type?.kind === 'tensor' ? value.type : undefined;
  const best = inferred ?? stated;
  if (!best) return;
  const other = best === inferred ? stated?.shape : undefined;
  const shape = best.shape?.map(
    (n, i) => n ?? (other?.length === best.shape?.length ? (other?.[i] ?? null) : null),
  );
  types.set(value, { ...best, shape: shape ?? other });
}

async function smallIntegers(graph: Graph): Promise<Map<Value, readonly number[]>> {
  const result = new Map<Value, readonly number[]>();
  for (const node of graph.nodes) {
    for (const value of node.inputs) {
      const source = value && constantOf(value);
      if (!source || result.has(value) || !isSmallInteger(source)) continue;
      const { data } = await readTensorSource(source);
      result.set(value, Array.from(data as BigInt64Array | Int32Array, clampToSafe));
    }
  }
  return result;
}

function isSmallInteger(source: TensorSource): boolean {
  const bytes = source.dtype === 'int64' ? 8 : source.dtype === 'int32' ? 4 : 0;
  return bytes > 0 && source.byteLength <= MAX_INTEGERS * bytes;
}

/** INT64_MAX stands for "to the end" and fits no double. */
function clampToSafe(value: number | bigint): number {
  return Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
