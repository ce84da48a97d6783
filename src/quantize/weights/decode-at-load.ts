import type { Attribute } from '../../onnx/ir/attribute.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import type { GroupGrids } from './group-codes.ts';
import { type Cut, scaleShape } from './grouping.ts';
import { sourceOfCodes } from './source-of-codes.ts';
import type { WeightSite } from './weight-sites.ts';

/** Metadata of a value that is decoded from a stored weight: the format's name. */
const STORED = 'pare.stored';

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
  const chain = new Chain(site);
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
  const chain = new Chain(site);
  chain.append('Cast', [site.graph.addInitializer(`${site.value.name}/h`, halves)], toFloat());
  chain.end(format);
}

function toFloat(): readonly [string, Attribute] {
  return ['to', { type: 'INT', value: BigInt(dataTypes.float.code) }];
}

/** Blocks back to the weight's shape, without what fills up the last ones. */
function joinBlocks(chain: Chain, { graph, value, source }: WeightSite, cut: Cut): void {
  const { outer, length, inner, block } = cut;
  const ints = (what: string, values: readonly number[]) => {
    const data = BigInt64Array.from(values, BigInt);
    const tensor = tensorSourceOfTensor({ dtype: 'int64', shape: [values.length], data });
    return graph.addInitializer(`${value.name}/${what}`, tensor);
  };
  if (length % block !== 0) {
    chain.append('Reshape', [ints('filled', [outer, Math.ceil(length / block) * block, inner])]);
    chain.append('Slice', [ints('starts', [0]), ints('ends', [length]), ints('axes', [1])]);
  }
  chain.append('Reshape', [ints('shape', source.shape)]);
}

/** Nodes behind one another, of which the last makes what was a constant. */
class Chain {
  readonly #site: WeightSite;
  #last: Node | undefined;

  constructor(site: WeightSite) {
    this.#site = site;
  }

  /** Adds a node that reads what the last one made, then `inputs`. */
  append(opType: string, inputs: readonly Value[], ...attributes: (readonly [string, Attribute])[]): void {
    const { graph, value } = this.#site;
    const output = new Value(graph.freshName(`${value.name}/${opType.toLowerCase()}`));
    const all = this.#last ? [this.#last.output, ...inputs] : inputs;
    this.#last = graph.add(new Node({ opType, inputs: all, outputs: [output], attributes }));
  }

  end(format: string): void {
    const { graph, value, source } = this.#site;
    if (value.producer) graph.remove(value.producer);
    graph.removeInitializer(value);
    value.initializer = undefined;
    value.type = { kind: 'tensor', dtype: 'float', shape: source.shape };
    value.metadata.set(STORED, format);
    this.#last?.setOutputs([value]);
    graph.sort();
  }
}
