import { constantOf } from '../../../onnx/constant-of.ts';
import { Node } from '../../../onnx/ir/node.ts';
import { readTensorSource } from '../../../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import type { CodedWeight } from '../coded-weight.ts';
import { type Emitter, FLOAT } from '../emitter.ts';
import type { Form, LayerFacts } from '../form.ts';
import { fusesWrongly } from '../fuses-wrongly.ts';
import { macsOfSample } from '../macs-of-sample.ts';
import { MAX_DEPTH } from '../max-depth.ts';
import { sampleShape } from '../sample-shape.ts';

/**
 * alpha · A·B + beta · C as DynamicQuantizeLinear → MatMulInteger → Cast → Mul → Add, which ONNX Runtime makes one
 * DynamicQuantizeMatMul of, or MatMulIntegerToFloat where several layers share the quantized A.
 */
export const product: Form = {
  opset: 11,
  weights: [1],
  reasonAgainst(node, facts) {
    const shape = shapeOfWeight(node);
    if (shape.length < 2) return 'its weight is a vector';
    if (node.int('transA')) return 'it transposes its data';
    const { depth } = sizes(node);
    if (depth > MAX_DEPTH) return 'its sums would not fit 32 bits';
    if (fusesWrongly(node, sizes(node).columns, facts))
      return 'ONNX Runtime would give the result of the Add behind it another shape';
    return reasonAgainstStack(node, facts);
  },
  macs: macsOfSample,
  async emit(node, emitter) {
    const [data, weight, bias] = node.inputs;
    const { graph, output } = node;
    // Planned nodes belong to a graph and have a constant weight.
    if (!graph || !data || !weight) throw new Error(`"${node.name}" is no planned product`);
    const { coded, scales, codes } = await codedFactor(node, weight, emitter);
    const { alpha, beta } = { alpha: node.float('alpha') ?? 1, beta: node.float('beta') ?? 1 };
    const input = emitter.quantized(data, graph);
    const part = (opType: string, inputs: readonly Value[], name: string) =>
      graph.addNode({ opType, inputs, outputName: `${output.name}/${name}` });
    const sums = part('MatMulInteger', [input.codes, codes, input.zeroPoint], 'sums');
    const floats = part('Cast', [sums], 'float');
    floats.producer?.setInt('to', FLOAT);
    const scale = part('Mul', [input.scale, scales(alpha)], 'scale');
    const addend = bias && (await scaledBias(bias, beta, node, emitter));
    graph.remove(node);
    const last = addend
      ? { opType: 'Add', inputs: [part('Mul', [floats, scale], 'product'), addend] }
      : { opType: 'Mul', inputs: [floats, scale] };
    graph.add(new Node({ ...last, name: node.name, outputs: [output] }));
    return [coded];
  },
};

async function codedFactor(node: Node, weight: Value, emitter: Emitter) {
  const isTurned = node.int('transB') === 1;
  const shape = shapeOfWeight(node);
  const summed = shape.length - (isTurned ? 1 : 2);
  const axes = shape.map((_, axis) => axis).filter((axis) => axis !== summed);
  const { coded, codes } = await emitter.codes(
    weight,
    emitter.granularity === 'channel' ? axes : [],
    isTurned,
  );
  // One number a column; a stack of matrices has a row of them each.
  const { columns } = sizes(node);
  const channels = shape.length === 2 ? [columns] : [...shape.slice(0, -2), 1, columns];
  const scaleShape = emitter.granularity === 'channel' ? channels : [];
  const scales = (factor: number) => emitter.scales(weight, coded, scaleShape, factor);
  return { coded, codes, scales } satisfies { coded: CodedWeight; codes: Value; scales: unknown };
}

/** beta · C: computed beforehand where C is a constant. */
async function scaledBias(bias: Value, beta: number, { graph }: Node, emitter: Emitter): Promise<Value> {
  if (beta === 1) return bias;
  const source = constantOf(bias);
  if (source?.dtype === 'float' && graph) {
    // float32 by the check before.
    const data = ((await readTensorSource(source)).data as Float32Array).map((b) => b * beta);
    return graph.addInitializer(
      `${bias.name}/scaled`,
      tensorSourceOfTensor({ dtype: 'float', shape: source.shape, data }),
    );
  }
  const factor = emitter.constant(`beta_${beta}`, { dtype: 'float', shape: [], data: Float32Array.of(beta) });
  // Planned nodes belong to a graph.
  return graph!.addNode({ opType: 'Mul', inputs: [bias, factor], outputName: `${bias.name}/scaled` });
}

function reasonAgainstStack(node: Node, { types, target }: LayerFacts): string | undefined {
  if (shapeOfWeight(node).length === 2 || target.minRowsOfStack === undefined) return undefined;
  const rows = sampleShape(node.inputs[0], types)?.at(-2) ?? 1;
  return rows < target.minRowsOfStack
    ? 'its weight is a stack of matrices, with too few rows of data each to gain by integers'
    : undefined;
}

function shapeOfWeight(node: Node): readonly number[] {
  return (node.inputs[1] && constantOf(node.inputs[1])?.shape) ?? [];
}

function sizes(node: Node): { depth: number; columns: number } {
  const [a, b] = shapeOfWeight(node).slice(-2);
  return node.int('transB') ? { depth: b, columns: a } : { depth: a, columns: b };
}
