import type { Runner } from '../base/runner.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import type { Quantized } from './quantizer.ts';

/**
 * Names of nodes that are wrapped in Q/DQ but that the engine here computes in float all the same, read off the graph it
 * makes of the model: there the node still makes the float value, alone or with its activation.
 */
export async function unexpectedlyFloat({ model, layers }: Quantized, runner: Runner): Promise<string[]> {
  const optimized = await readModel(await runner.optimize(await modelToBytes(model), 'extended'));
  const makers = new Map<string, string>();
  for (const { opType, outputs } of optimized.graph.nodes)
    for (const output of outputs) if (output) makers.set(output.name, opType);
  return layers
    .filter(({ node, state }) => {
      const maker = state.state === 'quantized' ? makers.get(node.outputs[0]?.name ?? '') : undefined;
      return maker === node.opType || maker === `Fused${node.opType}`;
    })
    .map(({ name }) => name);
}
