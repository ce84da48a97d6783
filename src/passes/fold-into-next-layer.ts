import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { rememberNames } from './absorb.ts';
import { type Affine, affineOf, affineOperators } from './affine-of.ts';
import { layerChannels } from './layer-channels.ts';
import {
  canHold,
  type LayerParameters,
  layerParameters,
  shiftedSums,
  writeParameters,
} from './layer-parameters.ts';
import { nodePass, type Scene } from './node-pass.ts';
import type { Pass } from './pass.ts';

/**
 * A node that is affine by channel → a layer becomes the layer alone: W·(s·x + t) + b = (W·s)·x + (W·t + b). A shift
 * folds only where each output sums the whole kernel: what is padded was not shifted.
 */
export const foldIntoNextLayer: Pass = nodePass({
  name: 'fold-into-next-layer',
  summary: 'folds what is added to or multiplied with the inputs of a layer into its weights',
  opTypes: affineOperators,
  async rewrite(node, scene) {
    const layer = onlyReader(node, scene);
    const channels = layer && layerChannels(layer);
    const parameters = channels && (await layerParameters(layer, channels, scene));
    if (!parameters) return false;
    const { inputs: length, axis, inputOf, sumsWholeKernel } = channels;
    for (const data of new Set(node.inputs)) {
      if (!data || data.initializer || !hasRank(data, parameters, scene)) continue;
      const affine = await affineOf(node, data, { length, axis, rank: parameters.rank });
      if (!affine || (isShifted(affine) && !sumsWholeKernel)) continue;
      const added = affine.shift && (await shiftedSums(parameters, affine.shift));
      const changed = {
        factor: affine.scale && { by: affine.scale, channelOf: inputOf },
        bias: parameters.bias.map((b, c) => b + (added?.[c] ?? 0)),
      };
      if (!canHold(parameters, changed, scene.model.opset)) continue;
      writeParameters(parameters, changed, scene);
      rememberNames(layer, node);
      layer.setInput(0, data);
      scene.graph.remove(node);
      return true;
    }
    return false;
  },
});

function onlyReader(node: Node, { graph, pinned }: Scene): Node | undefined {
  const [output, ...others] = node.outputs;
  if (!output?.hasOneUse || pinned.has(output) || others.some((value) => value)) return undefined;
  const [{ node: reader, index }] = output.uses;
  return index === 0 && reader.graph === graph ? reader : undefined;
}

/** The node must not broadcast its data, whose shape the layer then would miss. */
function hasRank(data: Value, { rank, channels }: LayerParameters, { types }: Scene): boolean {
  const shape = types.get(data)?.shape;
  return shape?.length === rank && shape.at(channels.axis) === channels.inputs;
}

function isShifted({ shift }: Affine): boolean {
  return shift?.some((t) => t !== 0) ?? false;
}
