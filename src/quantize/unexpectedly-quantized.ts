import type { Runner } from '../base/runner.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import type { Quantized } from './quantizer.ts';
import { isStored } from './weights/decode-at-load.ts';

/**
 * Names of layers that were left in float but whose weight the engine quantizes all the same, read off the graph it
 * makes of the model (research/quantization.md §11.1). Nodes keep their names at level `basic`, where that happens.
 */
export async function unexpectedlyQuantized({ model, layers }: Quantized, runner: Runner): Promise<string[]> {
  const names = new Map<string, string>();
  for (const { name, state, node } of layers) {
    const weight = node.inputs[1];
    const isFloatWeight = weight?.initializer?.dtype === 'float' || isStored(weight);
    const isFloatLayer = state.state === 'float' && isFloatWeight;
    if (isFloatLayer) names.set(node.output.name, name);
  }
  if (names.size === 0) return [];
  const optimized = await readModel(await runner.optimize(await modelToBytes(model), 'basic'));
  const found: string[] = [];
  for (const node of optimized.graph.nodes) {
    const name = names.get(node.outputs[0]?.name ?? '');
    if (name !== undefined && node.inputs[1]?.producer?.opType === 'DequantizeLinear') found.push(name);
  }
  return found;
}
