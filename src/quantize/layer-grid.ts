import type { Node } from '../onnx/ir/node.ts';
import { floatConstant } from './float-constant.ts';
import { type WeightGoal, type WeightGrid, weightGrid } from './weight-grid.ts';

/** Grids of a planned layer's weight, with regard to its bias. Throws `non-finite-weight`. */
export async function layerGrid(
  layer: Node,
  { inputScale, ...goal }: WeightGoal & { readonly inputScale: number },
): Promise<WeightGrid> {
  const [, weight, bias] = layer.inputs;
  // Layers are planned only with a constant weight.
  const weights = await floatConstant(weight!);
  const numbers = bias && (await floatConstant(bias));
  return weightGrid(weights, weight!.initializer!.shape, goal, { inputScale, bias: numbers });
}
