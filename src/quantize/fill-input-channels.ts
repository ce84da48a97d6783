import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';
import type { Target } from '../targets/target.ts';
import { elementCount } from '../tensor/element-count.ts';
import type { Plan } from './plan.ts';

/** Filling up costs a pass over the input; with more channels than this the slow kernel is not that much slower. */
const MAX_CHANNELS = 16;

/**
 * Gives convolutions of few input channels (the first one of an image net has 3) as many as the target's fast kernel
 * wants: codes of the zero point are appended to the input, zeros to the weight, so the results are the same bit for
 * bit. Returns the layers changed.
 */
export function fillInputChannels(graph: Graph, plan: Plan, target: Target): Node[] {
  const changed: Node[] = [];
  const filled = new Map<Value, Value>();
  for (const [layer, { state }] of plan.nodes) {
    const { inputChannelMultiple: multiple, minOutputChannels = 0 } = target.kernels[layer.opType] ?? {};
    if (state !== 'quantized' || multiple === undefined || (layer.int('group') ?? 1) !== 1) continue;
    const codes = layer.inputs[1]?.producer?.inputs[0]?.initializer;
    const channels = codes?.shape[1] ?? 0;
    const missing = (multiple - (channels % multiple)) % multiple;
    if (!codes || missing === 0 || channels > MAX_CHANNELS || codes.shape[0] < minOutputChannels) continue;
    const data = layer.inputs[0]!;
    // The engine pads codes of 8 bits only.
    const dtype = data.producer?.inputs[2]?.initializer?.dtype ?? '';
    if (!target.integerFormats.includes(dtype)) continue;
    // Two layers that read one value have as many input channels.
    const input = filled.get(data) ?? filledInput(graph, data, missing, codes.shape.length);
    filled.set(data, input);
    layer.setInput(0, input);
    fillWeight(graph, layer, codes, missing);
    changed.push(layer);
  }
  graph.sort();
  return changed;
}

/** The decoded value with `missing` channels of zeros behind its own. */
function filledInput(graph: Graph, data: Value, missing: number, rank: number): Value {
  // A quantized layer's data come from a DequantizeLinear.
  const decoder = data.producer!;
  const [codes, scale, zeroPoint] = decoder.inputs;
  const pads = new BigInt64Array(2 * rank);
  pads[rank + 1] = BigInt(missing);
  const amounts = graph.addInitializer(
    `${codes!.name}/fill`,
    tensorSourceOfTensor({ dtype: 'int64', shape: [2 * rank], data: pads }),
  );
  const padded = graph.addNode({
    opType: 'Pad',
    inputs: [codes, amounts, zeroPoint],
    outputName: `${codes!.name}${missing}`,
  });
  const decoded = new Value(graph.freshName(`${padded.name}/dq`));
  graph.add(new Node({ opType: 'DequantizeLinear', inputs: [padded, scale, zeroPoint], outputs: [decoded] }));
  return decoded;
}

function fillWeight(graph: Graph, layer: Node, codes: TensorSource, missing: number): void {
  const decoder = layer.inputs[1]!.producer!;
  const name = decoder.inputs[0]!.name;
  const decoded = new Value(graph.freshName(`${decoder.output.name}${missing}`));
  const inputs = [graph.addInitializer(name, filledWeight(codes, missing)), ...decoder.inputs.slice(1)];
  graph.add(
    new Node({ opType: 'DequantizeLinear', inputs, outputs: [decoded], attributes: decoder.attributes }),
  );
  layer.setInput(1, decoded);
}

/** [M, C, kernel…] → [M, C + missing, kernel…], the added channels 0. One byte an element. */
function filledWeight(codes: TensorSource, missing: number): TensorSource {
  const [outputs, inputs, ...kernel] = codes.shape;
  const shape = [outputs, inputs + missing, ...kernel];
  const read = async (): Promise<Uint8Array> => {
    const old = await codes.read();
    const filled = new Uint8Array(elementCount(shape));
    const row = inputs * elementCount(kernel);
    const filledRow = (inputs + missing) * elementCount(kernel);
    for (let m = 0; m < outputs; m++) filled.set(old.subarray(m * row, (m + 1) * row), m * filledRow);
    return filled;
  };
  return { dtype: codes.dtype, shape, byteLength: elementCount(shape), read };
}
