import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';
import { absorb } from '../passes/absorb.ts';
import type { Target } from '../targets/target.ts';
import { clampBounds } from './clamp-bounds.ts';
import { isProductOfData } from './data-inputs.ts';
import type { Format } from './format.ts';
import { type Grid, impliesClamp } from './grid.ts';
import { layerGrid } from './layer-grid.ts';
import type { Plan } from './plan.ts';
import { QdqWriter } from './qdq-writer.ts';
import type { WeightGoal, WeightGrid } from './weight-grid.ts';

export interface EmitOptions {
  readonly target: Target;
  /** The grid of a value in that format; of values that share another's grid, the other is asked for. */
  gridOf(value: Value, format: Format): Grid;
  /** What is asked of a layer's weight. */
  goalOf(layer: Node): WeightGoal;
}

/** What became of one layer's weight; for the report. */
export interface EmittedWeight {
  readonly layer: Node;
  /** The float weight. */
  readonly source: TensorSource;
  readonly grid: WeightGrid;
}

export interface Emitted {
  readonly weights: readonly EmittedWeight[];
  /** The decoded value, by name of the value it stands for. */
  readonly decoded: ReadonlyMap<string, Value>;
}

/**
 * Writes the plan into the graph as QuantizeLinear / DequantizeLinear pairs around values and DequantizeLinear behind
 * integer weights and int32 biases. Zero points of 0 are left out where ONNX allows it.
 */
export async function emitQdq(graph: Graph, plan: Plan, options: EmitOptions): Promise<Emitted> {
  const emitter = new Emitter(graph, plan, options);
  await emitter.absorbClamps();
  const weights: EmittedWeight[] = [];
  for (const [node, { state }] of plan.nodes) {
    if (state === 'quantized' && opOf(node)?.role?.kind === 'weighted' && !isProductOfData(node))
      weights.push(await emitter.quantizeLayer(node));
  }
  const decoded = new Map<string, Value>();
  for (const value of plan.values) {
    const first = emitter.wrap(value);
    if (first) decoded.set(value.name, first);
  }
  for (const value of emitter.cutEarly.keys()) emitter.wrap(value);
  graph.sort();
  return { weights, decoded };
}

class Emitter {
  readonly #graph: Graph;
  readonly #plan: Plan;
  readonly #options: EmitOptions;
  readonly #writer: QdqWriter;
  /** Outputs of layers in front of a clamp that stays, and the value behind it, whose grid they share. */
  readonly cutEarly = new Map<Value, Value>();

  constructor(graph: Graph, plan: Plan, options: EmitOptions) {
    this.#graph = graph;
    this.#plan = plan;
    this.#options = options;
    this.#writer = new QdqWriter(graph);
  }

  /**
   * A clamp goes where saturation on the grid of its output does the same for every value. One that must stay (its lower
   * bound is above 0, so the grid reaches below) is fed the layer's codes on that same grid: the layer still computes in
   * integers, and cutting first to the grid and then to the bounds gives what the reverse order gives.
   */
  async absorbClamps(): Promise<void> {
    const { nodes, clamps, values, codedAs } = this.#plan;
    for (const [layer, { state }] of nodes) {
      const result = this.#plan.resultOf(layer);
      const format = codedAs.get(result);
      if (state !== 'quantized' || !format || !values.has(result)) continue;
      let clamp = clamps.get(layer.output);
      while (clamp && (await isImplied(clamp, this.#gridOf(result, format)))) {
        absorb(this.#graph, layer, clamp);
        clamp = clamps.get(layer.output);
      }
      if (clamp) this.cutEarly.set(layer.output, result);
    }
  }

  async quantizeLayer(layer: Node): Promise<EmittedWeight> {
    const [data, weight, bias] = layer.inputs;
    const inputScale = this.#gridOf(data!, this.#plan.formatAt(layer, 0)).scale;
    const grid = await layerGrid(layer, { ...this.#options.goalOf(layer), inputScale });
    const source = weight!.initializer!;
    const needsZeroPoint = this.#options.target.kernels[layer.opType]?.needsWeightZeroPoint === true;
    layer.setInput(1, this.#writer.decodedWeight(weight!, grid, needsZeroPoint));
    if (bias) layer.setInput(2, await this.#writer.decodedBias(bias, inputScale, grid.scales));
    return { layer, source, grid };
  }

  /**
   * Puts Q/DQ behind a value. Readers that compute in float read it undisturbed where that costs no fusion. What a
   * mover makes needs no Q: movers work on the codes themselves. Readers that compute in another format than the value
   * was made in get it recoded; what is made in float is coded for each format on its own.
   * @returns the value decoded from the first codes; undefined where nobody wants any
   */
  wrap(value: Value): Value | undefined {
    const { codedAs } = this.#plan;
    const isMadeOfCodes = value.producer !== undefined && this.#isCoded(value.producer);
    const made = isMadeOfCodes ? codedAs.get(this.cutEarly.get(value) ?? value) : undefined;
    const isOutput = made !== undefined && this.#graph.outputs.includes(value);
    const source = isOutput ? this.#writer.splitOutput(value) : value;
    const readers = this.#readersByFormat(source, made);
    const formats = [...new Set([...(made ? [made] : []), ...readers.keys()])];
    let first: Value | undefined;
    for (const format of formats) {
      const from = made ? (first ?? source) : source;
      const name = first === undefined ? value.name : `${value.name}/${format.name}`;
      const grid = this.#gridOf(value, format);
      const codes =
        first === undefined && this.#isMover(source.producer)
          ? this.#moveCodes(source, grid)
          : this.#writer.encode(from, name, grid);
      const output = isOutput && first === undefined ? value : undefined;
      const decoded = this.#writer.decode(codes, name, grid, output);
      for (const { node, index } of readers.get(format) ?? []) node.setInput(index, decoded);
      first ??= decoded;
    }
    return first;
  }

  /** Uses to be given decoded codes; of what is made of codes, all uses. */
  #readersByFormat(source: Value, made: Format | undefined): Map<Format, Value['uses']> {
    const readers = new Map<Format, Value['uses']>();
    for (const use of source.uses) {
      const isCoded = this.#isCoded(use.node);
      const format = isCoded ? this.#plan.formatAt(use.node, use.index) : made;
      if (format) readers.set(format, [...(readers.get(format) ?? []), use]);
    }
    return readers;
  }

  /** Lets the mover that makes `value` move codes instead; its input was wrapped before. */
  #moveCodes(value: Value, grid: Grid): Value {
    const mover = value.producer!;
    const role = opOf(mover)?.role;
    const decoder = mover.inputs[0]?.producer;
    // A mover of several outputs is met once for each.
    if (decoder?.opType === 'DequantizeLinear') mover.setInput(0, decoder.inputs[0]);
    if (role?.kind === 'pass' && role.fill !== undefined)
      mover.setInput(role.fill, this.#writer.parameters(value.name, grid).zeroPoint);
    return this.#writer.makeCodes(mover, value);
  }

  #isMover(node: Node | undefined): boolean {
    return node !== undefined && this.#plan.nodes.get(node)?.state === 'pass';
  }

  #isCoded(node: Node): boolean {
    const state = this.#plan.nodes.get(node)?.state;
    return state === 'quantized' || state === 'pass';
  }

  #gridOf(value: Value, format: Format): Grid {
    return this.#options.gridOf(this.#plan.gridOf.get(value) ?? this.cutEarly.get(value) ?? value, format);
  }
}

async function isImplied(clamp: Node, grid: Grid): Promise<boolean> {
  const bounds = await clampBounds(clamp);
  return bounds !== undefined && impliesClamp(grid, bounds.min, bounds.max);
}
