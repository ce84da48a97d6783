import type { Model } from '../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { alreadyQuantized } from './errors.ts';

const quantizing =
  /^(QuantizeLinear|DequantizeLinear|QLinear|MatMulInteger|ConvInteger|QGemm|DynamicQuantize|QAttention)/;

/** Integer operators and Q/DQ in the input mean that the work was done before, by someone's rules unknown here. */
export function refuseQuantized(model: Model): void {
  for (const graph of subgraphDepthFirst(model.graph)) {
    for (const node of graph.nodes)
      if (quantizing.test(node.opType)) throw alreadyQuantized(node.name || node.output.name, node.opType);
  }
}
