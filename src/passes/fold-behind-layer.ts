import type { Node } from '../onnx/ir/node.ts';
import { absorb } from './absorb.ts';
import { affineOf } from './affine-of.ts';
import { layerChannels } from './layer-channels.ts';
import { canHold, layerParameters, writeParameters } from './layer-parameters.ts';
import type { Scene } from './node-pass.ts';

/**
 * A layer (Conv, ConvTranspose, Gemm, MatMul by a constant) → a node that is affine by channel becomes the layer alone,
 * with other weights: s·(W·x + b) + t = (s·W)·x + (s·b + t), in float64. Weights that float32 cannot hold (of nearly
 * dead channels, σ² down to 1e-36) are not made. Says whether it did.
 */
export async function foldBehindLayer(node: Node, scene: Scene): Promise<boolean> {
  for (const data of new Set(node.inputs)) {
    const layer = data?.producer;
    if (layer?.graph !== scene.graph || !data?.hasOneUse || scene.pinned.has(data)) continue;
    const channels = layerChannels(layer);
    const parameters = channels && (await layerParameters(layer, channels, scene));
    if (!parameters) continue;
    const { outputs: length, axis, outputOf } = channels;
    const affine = await affineOf(node, data, { length, axis, rank: parameters.rank });
    if (!affine) continue;
    const { scale, shift } = affine;
    const changed = {
      factor: scale && { by: scale, channelOf: outputOf },
      bias: parameters.bias.map((b, c) => b * (scale?.[c] ?? 1) + (shift?.[c] ?? 0)),
    };
    if (!canHold(parameters, changed, scene.model.opset)) continue;
    writeParameters(parameters, changed, scene);
    absorb(scene.graph, layer, node);
    return true;
  }
  return false;
}
