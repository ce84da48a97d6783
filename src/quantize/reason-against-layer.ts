import type { Node } from '../onnx/ir/node.ts';

/** Why a layer of a constant weight cannot be quantized; undefined where it can. */
export function reasonAgainstLayer(node: Node, weight: number, channelAxis: number): string | undefined {
  const source = node.inputs[weight]?.initializer;
  if (!source) return 'its weight is not a constant';
  if (source.dtype !== 'float') return `its weight is ${source.dtype}`;
  if (source.byteLength === 0) return 'its weight is empty';
  if (source.shape.length < 2) return 'its weight is a vector';
  const bias = node.inputs[2];
  if (bias && bias.initializer?.dtype !== 'float') return 'its bias is not a float32 constant';
  const channels = channelsOf(node, source.shape, channelAxis);
  if (bias?.initializer && !equalShapes(bias.initializer.shape, [channels]))
    return 'its bias is not one number a channel';
  if ((node.float('alpha') ?? 1) !== 1 || (node.float('beta') ?? 1) !== 1)
    return 'it scales its operands (alpha, beta)';
  return node.int('transA') ? 'it transposes its data' : undefined;
}

/** A transposed convolution of several groups has the outputs of one on its weight's channel axis. */
function channelsOf(node: Node, shape: readonly number[], channelAxis: number): number {
  const groups = node.opType === 'ConvTranspose' ? (node.int('group') ?? 1) : 1;
  return shape[channelAxis] * groups;
}

function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
