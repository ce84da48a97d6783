import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import { nodeName } from '../passes/node-name.ts';
import { isQuantizedOperator } from '../quantize/dequantize/is-quantized-operator.ts';
import type { Prospects } from './inspect-plan.ts';
import { rangeOf, type ValueRange, type WeightRange } from './inspect-ranges.ts';
import { isCoder, isDecoder, type NodeWeight, weightsOf } from './inspect-weights.ts';

/** A node with weights of its own, or one that static quantization has a say in. */
export interface InspectedLayer {
  readonly name: string;
  readonly opType: string;
  /** Numbers it has learned; a weight that several nodes share counts with each. */
  readonly parameters: number;
  readonly bytes: number;
  readonly macs: number;
  /** Of its largest weight; empty where it has none. */
  readonly format: string;
  /** Smallest and largest number of its largest weight, as it is computed with. */
  readonly range?: ValueRange;
  /** Of its first output, on the samples given. */
  readonly outputRange?: ValueRange;
  /**
   * `integer`: computes with codes; `stored`: its weight is codes, decoded before it computes; `half`; else what it could
   * be: `static` (integers), `pass` (moves codes), `weights` (its weights alone as codes), `fold` (into another layer),
   * `float`.
   */
  readonly state: string;
  /** Why not more; empty where nothing needs saying. */
  readonly reason: string;
}

/** What is wrong with a model, or worth knowing. */
export interface Finding {
  readonly code: string;
  readonly where: string;
  readonly message: string;
}

export interface LayerFacts {
  readonly layers: InspectedLayer[];
  readonly findings: Finding[];
}

interface LayerContext {
  readonly types: TypeMap;
  readonly macs: ReadonlyMap<Node, number>;
  readonly prospects: Prospects | undefined;
  readonly hasRanges: boolean;
  readonly outputRanges: ReadonlyMap<Value, ValueRange>;
}

/** Describes the layers of a model, those in bodies too, in file order. */
export async function inspectLayers(model: Model, context: LayerContext): Promise<LayerFacts> {
  const layers: InspectedLayer[] = [];
  const findings: Finding[] = [];
  const ranges = new RangeReader(findings);
  for (const graph of subgraphDepthFirst(model.graph)) {
    const isBody = graph !== model.graph;
    for (const node of graph.nodes) {
      if (isCoder(node) || isDecoder(node)) continue;
      const weights = weightsOf(node, context.types);
      const name = nodeName(node);
      const standing = standingOf(node, weights, isBody, context.prospects);
      if (!standing) continue;
      const range = context.hasRanges ? await ranges.of(weights) : undefined;
      const [output] = node.outputs;
      const outputRange = output && context.outputRanges.get(output);
      layers.push({
        name,
        opType: node.opType,
        parameters: weights.reduce((sum, { elements }) => sum + elements, 0),
        bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
        macs: context.macs.get(node) ?? 0,
        format: largest(weights)?.format ?? '',
        ...(range && { range }),
        ...(outputRange && { outputRange }),
        ...standing,
      });
    }
  }
  return { layers, findings };
}

function largest(weights: readonly NodeWeight[]): NodeWeight | undefined {
  return weights.reduce<NodeWeight | undefined>((a, b) => (a && a.elements >= b.elements ? a : b), undefined);
}

interface Standing {
  readonly state: string;
  readonly reason: string;
}

/** What it is, or could be; undefined for nodes without weights that nothing has a say in. */
function standingOf(
  node: Node,
  weights: readonly NodeWeight[],
  isBody: boolean,
  prospects: Prospects | undefined,
): Standing | undefined {
  if (isQuantizedOperator(node)) return { state: 'integer', reason: '' };
  if (weights.some(({ isCoded }) => isCoded)) {
    const isBetweenCodes = node.inputs[0]?.producer && isCoder(node.inputs[0].producer);
    return { state: isBetweenCodes ? 'integer' : 'stored', reason: '' };
  }
  const main = largest(weights);
  if (main?.format === 'float16' || main?.format === 'bfloat16') return { state: 'half', reason: '' };
  if (!main && opOf(node)?.role?.kind === 'pass') return undefined;
  return isBody || !prospects ? alone(main, isBody) : prospectiveStanding(nodeName(node), main, prospects);
}

/** Of a node that no plan speaks of. */
function alone(main: NodeWeight | undefined, isBody: boolean): Standing | undefined {
  if (!main) return undefined;
  return { state: 'weights', reason: isBody ? 'it is in a body' : 'the model is quantized already' };
}

function prospectiveStanding(
  name: string,
  main: NodeWeight | undefined,
  { byName, names }: Prospects,
): Standing | undefined {
  const prospect = byName.get(name);
  if (!prospect) {
    if (!main) return undefined;
    return names.has(name)
      ? { state: 'weights', reason: 'static quantization does not know it' }
      : { state: 'fold', reason: 'a clean model does without it' };
  }
  const { state, reason, into } = prospect;
  if (into !== undefined) return { state: 'fold', reason: `into ${into}` };
  if (state !== 'float') return { state: state === 'quantized' ? 'static' : state, reason };
  return { state: main ? 'weights' : 'float', reason };
}

/** Reads every weight once, and notes what is not finite. */
class RangeReader {
  readonly #findings: Finding[];
  readonly #known = new Map<TensorSource, WeightRange>();

  constructor(findings: Finding[]) {
    this.#findings = findings;
  }

  /** Of the largest weight; all of them are looked through. */
  async of(weights: readonly NodeWeight[]): Promise<ValueRange | undefined> {
    const main = largest(weights);
    let range: ValueRange | undefined;
    for (const weight of weights) {
      const { numbers, name } = weight;
      if (!numbers) continue;
      const found = this.#known.get(numbers) ?? (await this.#read(numbers, name));
      if (weight === main) range = found.range;
    }
    return range;
  }

  async #read(source: TensorSource, name: string): Promise<WeightRange> {
    const found = await rangeOf(source);
    this.#known.set(source, found);
    this.#note(name, found);
    return found;
  }

  #note(tensor: string, { nan, infinite }: WeightRange): void {
    const counts = [nan > 0 && `${nan} NaN`, infinite > 0 && `${infinite} infinite`].filter(Boolean);
    if (counts.length === 0) return;
    this.#findings.push({
      code: 'non-finite-weight',
      where: tensor,
      message: `The weight "${tensor}" holds ${counts.join(' and ')} numbers.`,
    });
  }
}
