import type { Graph } from '../../onnx/ir/graph.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { DecodingChain, joinBlocks, STORED, toFloat } from './decoding-chain.ts';
import type { GroupGrids } from './group-codes.ts';
import { scaleShape } from './grouping.ts';
import { sourceOfCodes } from './source-of-codes.ts';
import type { WeightSite } from './weight-sites.ts';

/** Whether a value is a stored weight, decoded. */
export function isStored(value: Value | undefined): boolean {
  return value?.metadata.has(STORED) ?? false;
}

/** The nodes that decode stored weights, in the graph and the bodies inside it. */
export function decodingNodes(graph: Graph): Set<Node> {
  const found = new Set<Node>();
  const add = (value: Value | undefined): void => {
    const { producer } = value ?? {};
    if (!producer || found.has(producer)) return;
    found.add(producer);
    for (const input of producer.inputs) add(input);
  };
  for (const { nodes } of subgraphDepthFirst(graph))
    for (const { outputs } of nodes) for (const value of outputs) if (isStored(value)) add(value);
  return found;
}

/**
 * Makes a constant the result of nodes on its codes: Cast, for unsigned formats Sub of the zero points, Mul by the
 * scales; and, where blocks were cut, a Reshape, Slice and Reshape back to its shape. All of them are computed once,
 * when an engine loads the model (research/quantization.md §2.4); DequantizeLinear would be computed on each run.
 */
export function decodeCodes(site: WeightSite, codes: TensorSource, grids: GroupGrids): void {
  const { graph, value } = site;
  const { format, grouping, scales, zeroPoints } = grids;
  const shape = scaleShape(grouping);
  const chain = new DecodingChain(site);
  chain.append('Cast', [graph.addInitializer(`${value.name}/q`, codes)], toFloat());
  if (zeroPoints) {
    const stored = graph.addInitializer(`${value.name}/z`, sourceOfCodes(format.dtype, shape, zeroPoints));
    const fields = { opType: 'Cast', inputs: [stored], attributes: [toFloat()] };
    chain.append('Sub', [graph.addNode({ ...fields, outputName: `${value.name}/zero` })]);
  }
  const scale = tensorSourceOfTensor({ dtype: 'float', shape, data: scales });
  chain.append('Mul', [graph.addInitializer(`${value.name}/s`, scale)]);
  if (grouping.cut) joinBlocks(chain, site, grouping.cut);
  chain.end(format.name);
}

/** Makes a constant the result of a Cast of its narrower copy. */
export function decodeHalves(site: WeightSite, halves: TensorSource, format: string): void {
  const chain = new DecodingChain(site);
  chain.append('Cast', [site.graph.addInitializer(`${site.value.name}/h`, halves)], toFloat());
  chain.end(format);
}
