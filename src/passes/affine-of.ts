import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { type ChannelAxis, perChannel } from './per-channel.ts';

/** y = scale · x + shift with one of each a channel; undefined stands for 1 and 0. */
export interface Affine {
  readonly scale: Float64Array | undefined;
  readonly shift: Float64Array | undefined;
}

/** Operators that may be affine. */
export const affineOperators = ['Add', 'BatchNormalization', 'Div', 'Mul', 'Sub'] as const;

/** What a node does to `data`, one of its inputs, if that is affine by channel and does not broadcast `data`. */
export async function affineOf(node: Node, data: Value, channels: ChannelAxis): Promise<Affine | undefined> {
  if (node.opType === 'BatchNormalization') return affineOfNorm(node, channels);
  const [a, b, ...others] = node.inputs;
  if (others.length > 0 || (a === data) === (b === data)) return undefined;
  const constant = await perChannel(a === data ? b : a, channels);
  return constant && affineOfOperator(node.opType, constant, a === data);
}

/** @param isLeft whether the data is the left operand */
function affineOfOperator(opType: string, constant: Float64Array, isLeft: boolean): Affine | undefined {
  const negative = constant.map((x) => -x);
  if (opType === 'Add') return { scale: undefined, shift: constant };
  if (opType === 'Mul') return { scale: constant, shift: undefined };
  if (opType === 'Div') return isLeft ? { scale: constant.map((x) => 1 / x), shift: undefined } : undefined;
  return isLeft ? { scale: undefined, shift: negative } : { scale: negative.fill(-1), shift: constant };
}

/** y = γ·(x − μ)/√(σ² + ε) + β, which is f·x + (β − μ·f) with f = γ/√(σ² + ε). */
async function affineOfNorm(norm: Node, { length, axis, rank }: ChannelAxis): Promise<Affine | undefined> {
  if (isTraining(norm) || (axis === -1 && rank !== 2)) return undefined;
  const sources = norm.inputs.slice(1, 5).map((value) => value?.initializer);
  const parameters: Float64Array[] = [];
  for (const source of sources) {
    if (source?.dtype !== 'float' || source.shape.length !== 1 || source.shape[0] !== length)
      return undefined;
    parameters.push(Float64Array.from((await readTensorSource(source)).data, Number));
  }
  const [gamma, beta, mean, variance] = parameters;
  const epsilon = norm.float('epsilon') ?? 1e-5;
  const scale = gamma.map((g, c) => g / Math.sqrt(variance[c] + epsilon));
  return { scale, shift: beta.map((b, c) => b - mean[c] * scale[c]) };
}

/** Also the forms of before opset 14 (several outputs) and 9 (statistics of each position). */
function isTraining(norm: Node): boolean {
  const hasStatistics = norm.outputs.slice(1).some((value) => value !== undefined);
  return hasStatistics || norm.int('training_mode') === 1 || norm.int('spatial') === 0;
}
