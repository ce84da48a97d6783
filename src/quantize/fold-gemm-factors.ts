import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';

/**
 * Writes Gemm as integer kernels take it: y = A · (α·B) + β·C, with one number of C a column, and A not transposed. The
 * numbers change by float rounding only. A Gemm of other constants stays as it is. Returns how many changed.
 */
export async function foldGemmFactors(graph: Graph): Promise<number> {
  let changed = 0;
  for (const node of [...graph.nodes]) {
    if (node.opType !== 'Gemm' || node.domain !== '') continue;
    const [, weight, bias] = node.inputs;
    const { dtype, shape = [] } = weight?.initializer ?? {};
    const columns = shape[node.int('transB') ? 0 : 1];
    if (dtype !== 'float' || shape.length !== 2 || (bias && !isRow(bias, columns))) continue;
    if (!bias) node.attributes.delete('beta');
    const found = [
      await foldFactor(graph, node, 'alpha', 1),
      bias !== undefined && (await foldFactor(graph, node, 'beta', 2)),
      bias !== undefined && (await spreadBias(graph, node, columns)),
      turnData(graph, node),
    ];
    if (found.includes(true)) changed++;
  }
  graph.sort();
  return changed;
}

/** A constant that broadcasts along rows: [columns] or [1], with or without axes of length 1 in front, or a scalar. */
function isRow({ initializer }: Value, columns: number): boolean {
  if (initializer?.dtype !== 'float') return false;
  const { shape } = initializer;
  const last = shape.at(-1) ?? 1;
  return shape.slice(0, -1).every((n) => n === 1) && (last === columns || last === 1);
}

async function foldFactor(graph: Graph, node: Node, attribute: string, input: number): Promise<boolean> {
  const factor = node.float(attribute) ?? 1;
  node.attributes.delete(attribute);
  if (factor === 1) return false;
  const { name, initializer } = node.inputs[input]!;
  const { shape } = initializer!;
  const data = (await floatsOf(initializer!)).map((x) => x * factor);
  node.setInput(input, graph.addInitializer(name, tensorSourceOfTensor({ dtype: 'float', shape, data })));
  return true;
}

async function spreadBias(graph: Graph, node: Node, columns: number): Promise<boolean> {
  const { name, initializer } = node.inputs[2]!;
  if (initializer!.shape.length === 1 && initializer!.shape[0] === columns) return false;
  const data = await floatsOf(initializer!);
  const spread = Float32Array.from({ length: columns }, (_, column) => data[column % data.length]);
  const source = tensorSourceOfTensor({ dtype: 'float', shape: [columns], data: spread });
  node.setInput(2, graph.addInitializer(name, source));
  return true;
}

async function floatsOf(source: TensorSource): Promise<Float32Array> {
  // That it is of floats was asked before.
  return (await readTensorSource(source)).data as Float32Array;
}

/** Transposing moves codes where the data are codes. */
function turnData(graph: Graph, node: Node): boolean {
  if (!node.int('transA')) return false;
  node.attributes.delete('transA');
  const [data] = node.inputs;
  const attributes = [['perm', { type: 'INTS', value: [1n, 0n] }]] as const;
  const outputName = `${data!.name}/turned`;
  node.setInput(0, graph.addNode({ opType: 'Transpose', inputs: [data], attributes, outputName }));
  return true;
}
