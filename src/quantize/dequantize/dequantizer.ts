import type { Runner } from '../../base/runner.ts';
import { constantOf } from '../../onnx/constant-of.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import { Node } from '../../onnx/ir/node.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { Value } from '../../onnx/ir/value.ts';
import { nodeName } from '../../passes/node-name.ts';
import { decodedTensor } from './decoded-tensor.ts';
import { cannotDequantize } from './errors.ts';
import { type GridParameters, gridParametersOf, isSameGrid } from './grid-parameters.ts';
import { keepCut } from './keep-cut.ts';
import { movedInputs } from './moved-inputs.ts';
import type { Saturation } from './options.ts';

/** A layer whose weight was decoded, and how the weight was stored. */
export interface DecodedLayer {
  readonly name: string;
  readonly opType: string;
  readonly stored: string;
}

/** What rewriting a model to float shares: numbers decoded so far, and what there is to report. */
export class Dequantizer {
  readonly runner: Runner;
  readonly saturation: Saturation;
  readonly layers: DecodedLayer[] = [];
  /** Decoded values by value of codes. */
  readonly #decoded = new Map<Value, { grid: GridParameters; value: Value }[]>();
  /** What QuantizeLinear cuts its input to, by node. */
  readonly #cuts = new Map<Node, Value>();

  constructor(runner: Runner, saturation: Saturation) {
    this.runner = runner;
    this.saturation = saturation;
  }

  /** Notes that `node` had a weight that was stored as `stored`. */
  note(node: Node, stored: string): void {
    this.layers.push({ name: nodeName(node), opType: node.opType, stored });
  }

  /**
   * The float value that codes stand for on a grid: constants are decoded, QuantizeLinear is undone, and what moved codes
   * moves numbers. Throws `cannot-dequantize` for codes that something else made.
   */
  async floatOf(codes: Value, grid: GridParameters): Promise<Value> {
    const known = this.#decoded.get(codes) ?? [];
    for (const entry of known) if (await isSameGrid(entry.grid, grid)) return entry.value;
    const value = await this.#decode(codes, grid);
    // Decoding a node of several outputs may have noted this one by now.
    this.#remember(codes, grid, value);
    return value;
  }

  async #decode(codes: Value, grid: GridParameters): Promise<Value> {
    const constant = constantOf(codes);
    if (constant) return this.#decodeConstant(codes, constant, grid);
    const { producer } = codes;
    if (!producer) return codes;
    const undone = await this.#undo(producer, codes, grid);
    if (undone) return undone;
    const moved = movedInputs(producer);
    if (!moved) throw cannotDequantize(producer, 'it computes with codes in a way that is not known');
    return this.#moveNumbers(producer, moved, codes, grid);
  }

  #decodeConstant(codes: Value, source: TensorSource, grid: GridParameters): Value {
    const [scale, zeroPoint] = [constantOf(grid.scale), grid.zeroPoint && constantOf(grid.zeroPoint)];
    const [reader] = codes.uses;
    const graph = codes.producer?.graph ?? this.#homeOf(codes, reader?.node);
    if (!scale || (grid.zeroPoint && !zeroPoint))
      throw cannotDequantize(reader.node, `the scale of "${codes.name}" is computed when the model runs`);
    const { axis, blockSize } = grid;
    const decoded = decodedTensor({ name: codes.name, codes: source, scale, zeroPoint, axis, blockSize });
    return graph.addInitializer(`${codes.name}_float`, decoded);
  }

  /** The graph that holds an initializer, from a node that reads it inwards. */
  #homeOf(value: Value, reader: Node | undefined): Graph {
    let graph = reader?.graph;
    while (graph && !graph.initializers.has(value)) graph = graph.owner?.graph;
    if (!graph) throw new Error(`no graph holds "${value.name}"`);
    return graph;
  }

  /** The input of the QuantizeLinear or DynamicQuantizeLinear that made the codes. */
  async #undo(producer: Node, codes: Value, grid: GridParameters): Promise<Value | undefined> {
    const own =
      producer.opType === 'DynamicQuantizeLinear'
        ? { scale: producer.outputs[1]!, zeroPoint: producer.outputs[2], axis: 1, blockSize: 0 }
        : producer.opType === 'QuantizeLinear' && gridParametersOf(producer);
    if (!own) return undefined;
    const [input] = producer.inputs;
    if (!input || codes !== producer.outputs[0] || !(await isSameGrid(own, grid)))
      throw cannotDequantize(producer, 'its codes are read with another scale or zero point than its own');
    if (producer.opType === 'DynamicQuantizeLinear') return input;
    const cut = this.#cuts.get(producer) ?? (await keepCut(producer, own, this.saturation));
    this.#cuts.set(producer, cut);
    return cut;
  }

  /** A copy of a node that moves codes, to move the numbers. */
  async #moveNumbers(
    node: Node,
    moved: readonly number[],
    codes: Value,
    grid: GridParameters,
  ): Promise<Value> {
    const graph = node.graph!;
    const inputs: (Value | undefined)[] = [...node.inputs];
    for (const index of moved) {
      const input = inputs[index];
      if (input) inputs[index] = await this.floatOf(input, grid);
    }
    const { opType, domain, name, attributes } = node;
    const outputs = node.outputs.map((value) => value && new Value(graph.freshName(`${value.name}_float`)));
    graph.add(new Node({ opType, domain, name, attributes, inputs, outputs }));
    node.outputs.forEach((value, i) => {
      if (value && value !== codes) this.#remember(value, grid, outputs[i]!);
    });
    return outputs[node.outputs.indexOf(codes)]!;
  }

  #remember(codes: Value, grid: GridParameters, value: Value): void {
    this.#decoded.set(codes, [...(this.#decoded.get(codes) ?? []), { grid, value }]);
  }
}
