import { constantOf } from '../../onnx/constant-of.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { elementReader } from '../../tensor/element-reader.ts';

/** How numbers lie on codes: the inputs and attributes of QuantizeLinear and DequantizeLinear. */
export interface GridParameters {
  readonly scale: Value;
  readonly zeroPoint: Value | undefined;
  readonly axis: number;
  readonly blockSize: number;
}

/** Of a QuantizeLinear or DequantizeLinear. */
export function gridParametersOf(node: Node): GridParameters | undefined {
  const [, scale, zeroPoint] = node.inputs;
  if (!scale) return undefined;
  return { scale, zeroPoint, axis: node.int('axis') ?? 1, blockSize: node.int('block_size') ?? 0 };
}

/** One scale and one zero point for all, known beforehand; undefined otherwise. */
export async function scalarGrid({
  scale,
  zeroPoint,
}: GridParameters): Promise<{ scale: number; zeroPoint: number } | undefined> {
  const [s, z] = [constantOf(scale), zeroPoint && constantOf(zeroPoint)];
  if (!s || elementCount(s.shape) !== 1 || (zeroPoint && !z)) return undefined;
  const [[first], [zero]] = [await numbersOf(s), z ? await numbersOf(z) : [0]];
  return { scale: first, zeroPoint: zero };
}

/** Whether both decode codes to the same numbers. */
export async function isSameGrid(a: GridParameters, b: GridParameters): Promise<boolean> {
  if (!(await isSameNumbers(a.scale, b.scale))) return false;
  const source = constantOf(a.scale);
  const isScalar = source !== undefined && elementCount(source.shape) === 1;
  if (!isScalar && constantOf(a.scale) && (a.axis !== b.axis || a.blockSize !== b.blockSize)) return false;
  return isSameNumbers(a.zeroPoint, b.zeroPoint);
}

/** Absent stands for zeros. */
async function isSameNumbers(a: Value | undefined, b: Value | undefined): Promise<boolean> {
  if (a === b) return true;
  const [left, right] = [a && constantOf(a), b && constantOf(b)];
  if ((a && !left) || (b && !right)) return false;
  const [x, y] = [left ? await numbersOf(left) : [], right ? await numbersOf(right) : []];
  const length = Math.max(x.length, y.length);
  if ((left && x.length !== length) || (right && y.length !== length)) return false;
  return Array.from({ length }, (_, i) => (x[i] ?? 0) === (y[i] ?? 0)).every(Boolean);
}

/** All elements; empty for what is not numbers. */
export async function numbersOf(source: TensorSource): Promise<number[]> {
  const reader = source.strings ? undefined : elementReader(source.dtype, await source.read());
  return reader ? Array.from({ length: elementCount(source.shape) }, (_, i) => reader(i)) : [];
}
