import type { Graph } from '../onnx/ir/graph.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Plan } from './plan.ts';

/** Subtracts the measured shift of each quantized layer from its bias; a layer without one gets one. */
export async function shiftBiases(
  graph: Graph,
  plan: Plan,
  shifts: ReadonlyMap<string, Float64Array>,
): Promise<void> {
  for (const [layer, { state }] of plan.nodes) {
    const shift = shifts.get(layer.output.name);
    if (state !== 'quantized' || !shift) continue;
    const bias = layer.inputs[2];
    const old = bias?.initializer ? (await readTensorSource(bias.initializer)).data : undefined;
    const data = Float32Array.from(shift, (s, c) => Number(old?.[c] ?? 0) - s);
    const name = bias?.name ?? `${layer.name || layer.output.name}.bias`;
    layer.setInput(
      2,
      graph.addInitializer(name, tensorSourceOfTensor({ dtype: 'float', shape: [data.length], data })),
    );
  }
}
