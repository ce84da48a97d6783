import type { Tensor } from '../../base/tensor.ts';
import { constantOf } from '../../onnx/constant-of.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../../onnx/ir/value.ts';
import type { CodeRange } from '../format.ts';
import { scaleShape } from '../weights/grouping.ts';
import { type CodedWeight, codeWeight } from './coded-weight.ts';
import { sink } from './sink.ts';
import { swapLastAxes } from './swap-last-axes.ts';

/** A value as uint8 codes, on a grid found when the model runs. */
export interface QuantizedValue {
  readonly codes: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** A coded weight as a constant of the model. */
export interface EmittedCodes {
  readonly coded: CodedWeight;
  readonly codes: Value;
}

/**
 * Makes the parts of integer layers, each once however many layers read it. Constants go into the main graph, which
 * every body sees, and at last (`finish`) where they are read.
 */
export class Emitter {
  readonly granularity: 'channel' | 'tensor';
  readonly #root: Graph;
  readonly #range: CodeRange;
  readonly #quantized = new Map<Graph, Map<Value, QuantizedValue>>();
  readonly #coded = new Map<string, CodedWeight>();
  readonly #constants = new Map<string, Value>();
  readonly #stored = new Map<string, Value>();
  readonly #ids = new Map<Value, number>();
  readonly #decoding: Node[] = [];

  constructor(root: Graph, granularity: 'channel' | 'tensor', range: CodeRange) {
    this.#root = root;
    this.granularity = granularity;
    this.#range = range;
  }

  /** The value quantized by DynamicQuantizeLinear, in the graph of its reader. */
  quantized(value: Value, graph: Graph): QuantizedValue {
    const known = this.#quantized.get(graph) ?? new Map<Value, QuantizedValue>();
    this.#quantized.set(graph, known);
    let result = known.get(value);
    if (!result) {
      const [codes, scale, zeroPoint] = ['q', 's', 'z'].map(
        (part) => new Value(graph.freshName(`${value.name}/${part}`)),
      );
      graph.add(
        new Node({ opType: 'DynamicQuantizeLinear', inputs: [value], outputs: [codes, scale, zeroPoint] }),
      );
      result = { codes, scale, zeroPoint };
      known.set(value, result);
    }
    return result;
  }

  /**
   * The weight as int8 constant.
   * @param weight a float32 constant
   * @param isTurned with the last two axes swapped
   */
  async codes(weight: Value, ownAxes: readonly number[], isTurned = false): Promise<EmittedCodes> {
    const coded = await this.#code(weight, ownAxes);
    const key = `codes ${this.#idOf(weight)} [${ownAxes}] ${isTurned}`;
    const codes = this.#shared(key, `${weight.name}/q`, () =>
      isTurned ? swapLastAxes(coded.codes) : coded.codes,
    );
    return { coded, codes };
  }

  /** A weight's scales, in the shape the layer's kernel wants, times `factor`. */
  scales(weight: Value, { scales }: CodedWeight, shape: readonly number[], factor = 1): Value {
    const data = scales.map((scale) => scale * factor);
    const key = `scales ${this.#idOf(weight)} [${shape}] ${factor}`;
    return this.#shared(key, `${weight.name}/s`, () => tensorSourceOfTensor({ dtype: 'float', shape, data }));
  }

  zeros(shape: readonly number[]): Value {
    const data = new Int8Array(shape.reduce((count, n) => count * n, 1));
    return this.constant(`zeros_int8_${data.length}`, { dtype: 'int8', shape, data });
  }

  /** A constant that layers share by name and shape. */
  constant(name: string, tensor: Tensor): Value {
    return this.#shared(`constant ${name} [${tensor.shape}]`, name, () => tensorSourceOfTensor(tensor));
  }

  /**
   * The weight for layers that compute in float, kept in 8 bits: Cast(codes) · scale, which engines fold when they load
   * the model (research/quantization.md §2.4).
   */
  async stored(weight: Value, ownAxes: readonly number[]): Promise<{ coded: CodedWeight; decoded: Value }> {
    const { coded, codes } = await this.codes(weight, ownAxes);
    const key = `${this.#idOf(weight)} [${ownAxes}]`;
    let decoded = this.#stored.get(key);
    if (!decoded) {
      const scales = this.scales(weight, coded, scaleShape(coded.grouping));
      const floats = this.#decode('Cast', [codes], `${weight.name}/float`);
      floats.producer?.setInt('to', FLOAT);
      decoded = this.#decode('Mul', [floats, scales], `${weight.name}/decoded`);
      this.#stored.set(key, decoded);
    }
    return { coded, decoded };
  }

  /** Puts what was made where it is read; call when all layers are written. */
  finish(): void {
    sink(this.#root, this.#decoding, this.#constants.values());
  }

  #decode(opType: string, inputs: readonly Value[], outputName: string): Value {
    const output = this.#root.addNode({ opType, inputs, outputName });
    if (output.producer) this.#decoding.push(output.producer);
    return output;
  }

  async #code(weight: Value, ownAxes: readonly number[]): Promise<CodedWeight> {
    const key = `${this.#idOf(weight)} [${ownAxes}]`;
    const known = this.#coded.get(key);
    if (known) return known;
    // Layers are planned only with constant weights.
    const coded = await codeWeight(weight.name, constantOf(weight)!, ownAxes, this.#range);
    this.#coded.set(key, coded);
    return coded;
  }

  /** Names of values may repeat in bodies that do not see each other. */
  #idOf(value: Value): number {
    const id = this.#ids.get(value) ?? this.#ids.size;
    this.#ids.set(value, id);
    return id;
  }

  #shared(key: string, name: string, make: () => Parameters<Graph['addInitializer']>[1]): Value {
    const value = this.#constants.get(key) ?? this.#root.addInitializer(name, make());
    this.#constants.set(key, value);
    return value;
  }
}

/** TensorProto.DataType.FLOAT */
export const FLOAT = 1;
