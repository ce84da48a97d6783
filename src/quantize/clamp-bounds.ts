import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';

/** The numbers a clamp cuts at; ±Infinity where it does not; undefined where they are not known before running. */
export async function clampBounds(node: Node): Promise<{ min: number; max: number } | undefined> {
  const role = opOf(node)?.role;
  const bounds = role?.kind === 'clamp' ? role.bounds(node) : undefined;
  if (!bounds) return undefined;
  const min = await bound(bounds.min, Number.NEGATIVE_INFINITY);
  const max = await bound(bounds.max, Number.POSITIVE_INFINITY);
  return min === undefined || max === undefined ? undefined : { min, max };
}

async function bound(given: number | Value | undefined, none: number): Promise<number | undefined> {
  if (given === undefined) return none;
  if (typeof given === 'number') return given;
  const constant = constantOf(given);
  if (!constant) return undefined;
  const { data } = await readTensorSource(constant);
  return data.length === 1 ? Number(data[0]) : undefined;
}
