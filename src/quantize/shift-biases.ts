import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';

/** Inputs of Conv and Gemm, and of a Gemm that became a product by codes, which hold the bias. */
const [BIAS, BIAS_OF_BLOCKS] = [2, 5];

/** Subtracts the measured shift of each layer from its bias; a layer without one gets one. */
export async function shiftBiases(
  graph: Graph,
  layers: Iterable<Node>,
  shifts: ReadonlyMap<string, Float64Array>,
): Promise<void> {
  for (const layer of layers) {
    // Recurrent layers may lack their first output.
    const shift = shifts.get(layer.outputs[0]?.name ?? '');
    if (!shift) continue;
    const index = layer.opType === 'MatMulNBits' ? BIAS_OF_BLOCKS : BIAS;
    const bias = layer.inputs[index];
    const old = bias?.initializer ? (await readTensorSource(bias.initializer)).data : undefined;
    const data = Float32Array.from(shift, (s, c) => Number(old?.[c] ?? 0) - s);
    const name = bias?.name ?? `${layer.name || layer.output.name}.bias`;
    layer.setInput(
      index,
      graph.addInitializer(name, tensorSourceOfTensor({ dtype: 'float', shape: [data.length], data })),
    );
  }
}
