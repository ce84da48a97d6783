import type { Node } from '../onnx/ir/node.ts';
import { opOf } from '../ops/index.ts';

/**
 * The axis of a layer's weight along which its outputs lie, if scaling the weight along it scales the outputs and the
 * layer takes a bias; undefined for all other operators.
 */
export function outputChannelAxis(layer: Node): number | undefined {
  const role = opOf(layer)?.role;
  if (role?.kind !== 'weighted' || role.bias === undefined) return undefined;
  // Gemm computes α·A·B + β·C; only α = β = 1 adds the bias as it stands.
  if ((layer.float('alpha') ?? 1) !== 1 || (layer.float('beta') ?? 1) !== 1) return undefined;
  return role.channelAxis(layer);
}
