import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';

/** Layers whose float weight ONNX Runtime's WeightBiasQuantization quantizes by itself. */
const endangered = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/**
 * Keeps float layers float. ONNX Runtime quantizes, per tensor, the weight of every float layer whose data comes from
 * a DequantizeLinear with one scale and whose only way out leads, through Relu or Clip at most, to a QuantizeLinear
 * (research/quantization.md §11.1). A Max of one operand, which it neither looks through nor removes, breaks the
 * pattern. Returns the guarded layers.
 */
export function guardFloatLayers(graph: Graph): Node[] {
  const guarded: Node[] = [];
  for (const node of [...graph.nodes]) {
    if (!endangered.has(node.opType) || node.domain !== '') continue;
    const isFloat = node.inputs[1]?.producer?.opType !== 'DequantizeLinear';
    if (!isFloat || !isDecoded(node) || !leadsToQuantize(node)) continue;
    const { output } = node;
    const readers = output.uses;
    const guard = graph.addNode({ opType: 'Max', inputs: [output], outputName: `${output.name}/guard` });
    for (const { node: reader, index } of readers) reader.setInput(index, guard);
    guarded.push(node);
  }
  graph.sort();
  return guarded;
}

function isDecoded(node: Node): boolean {
  const decoder = node.inputs[0]?.producer;
  return decoder?.opType === 'DequantizeLinear' && decoder.inputs[1]?.initializer?.byteLength === 4;
}

function leadsToQuantize(node: Node): boolean {
  let reader: Node | undefined = node;
  do {
    const uses: Node[] = reader.output.uses.map((use) => use.node);
    reader = uses.length === 1 ? uses[0] : undefined;
  } while (reader && (reader.opType === 'Relu' || reader.opType === 'Clip'));
  return reader?.opType === 'QuantizeLinear';
}
