import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { elementCount } from '../tensor/element-count.ts';
import { opOf } from './index.ts';

/** Shapes, axes and pads are short; larger integer constants are data. */
const MAX_INTEGERS = 256;
/** One scale an axis; longer float constants are weights. */
const MAX_FLOATS = 8;

/** The elements of the short constants that nodes read: what shape rules may ask for, floats only where they do. */
export interface SmallConstants {
  readonly integers: ReadonlyMap<Value, readonly number[]>;
  readonly floats: ReadonlyMap<Value, readonly number[]>;
  /** Single integers held as tensors in attributes (what a ConstantOfShape is filled with). */
  readonly attributes: ReadonlyMap<TensorSource, number>;
}

/** Reads them in the graph and the bodies of its nodes. */
export async function readSmallConstants(graph: Graph): Promise<SmallConstants> {
  const integers = new Map<Value, readonly number[]>();
  const floats = new Map<Value, readonly number[]>();
  const attributes = new Map<TensorSource, number>();
  for (const inner of subgraphDepthFirst(graph)) {
    for (const node of inner.nodes) {
      const readsFloats = opOf(node)?.readsFloats === true;
      for (const value of node.inputs) {
        const source = value && constantOf(value);
        if (!source) continue;
        const found = isSmallInteger(source)
          ? integers
          : readsFloats && isSmallFloat(source)
            ? floats
            : undefined;
        if (!found || found.has(value)) continue;
        const { data } = await readTensorSource(source);
        found.set(value, Array.from(data, clampToSafe));
      }
      // Without inputs it is a Constant, whose value was read above.
      if (node.inputs.length > 0 && node.attributes.size > 0) await readAttributes(node, attributes);
    }
  }
  return { integers, floats, attributes };
}

async function readAttributes(node: Node, found: Map<TensorSource, number>): Promise<void> {
  for (const attribute of node.attributes.values()) {
    if (attribute.type !== 'TENSOR' || !isSmallInteger(attribute.value)) continue;
    if (elementCount(attribute.value.shape) !== 1) continue;
    const { data } = await readTensorSource(attribute.value);
    found.set(attribute.value, clampToSafe(data[0]));
  }
}

function isSmallInteger({ dtype, byteLength }: TensorSource): boolean {
  const bytes = dtype === 'int64' ? 8 : dtype === 'int32' ? 4 : 0;
  return bytes > 0 && byteLength <= MAX_INTEGERS * bytes;
}

function isSmallFloat({ dtype, byteLength }: TensorSource): boolean {
  return dtype === 'float' && byteLength <= MAX_FLOATS * 4;
}

/** INT64_MAX stands for "to the end" and fits no double. */
function clampToSafe(value: number | bigint | string): number {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
    ? Math.min(Math.max(Number(value), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
    : Number(value);
}
