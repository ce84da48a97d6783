import { Rng } from '../base/rng.ts';
import type { DataType, Tensor } from '../base/tensor.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { Value } from '../onnx/ir/value.ts';
import { GraphWriter, type WrittenAttributes } from '../ops/graph-writer.ts';
import { elementCount } from '../tensor/element-count.ts';

/** Operator set the nets are written in. */
const OPSET = 20;

/** What a convolution is like. */
export interface ConvFacts {
  /** Channels that enter. */
  readonly from: number;
  /** Channels that leave. */
  readonly to: number;
  /** Height and width, or both in one. */
  readonly kernel: number | readonly [number, number];
  /** Default 1. */
  readonly stride?: number | readonly [number, number];
  /** Default: half the kernel, so that stride 1 keeps lengths. */
  readonly pad?: number | readonly [number, number];
  /** As many as channels for a depthwise convolution; default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
}

/**
 * Writes a network layer by layer, weights drawn from the seed: the same seed gives the same bytes. Parameters are named
 * after their layer: `conv1.weight`, `conv1.bias`. Each method adds a layer of the name given and returns its output.
 *
 * @example
 * ```ts
 * const net = new NetWriter('digits', 1);
 * const x = net.flatten('flat', net.input('x', ['N', 1, 28, 28]));
 * const hidden = net.relu('relu', net.linear('fc1', x, 784, 64));
 * const model = net.model({ logits: net.linear('fc2', hidden, 64, 10) });
 * ```
 */
export class NetWriter {
  readonly graph: Graph;
  readonly #write: GraphWriter;
  readonly #rng: Rng;

  constructor(name: string, seed: number) {
    this.graph = new Graph(name);
    this.#write = new GraphWriter(this.graph);
    this.#rng = new Rng(seed);
  }

  /** What enters; a length that is free has a name: `['N', 3, 32, 32]`. */
  input(name: string, shape: readonly Dimension[], dtype: DataType = 'float'): Value {
    const value = new Value(name, { kind: 'tensor', dtype, shape });
    this.graph.inputs.push(value);
    return value;
  }

  /** A node of the layer's name; returns its output, which has the same name. */
  op(
    name: string,
    opType: string,
    inputs: readonly (Value | undefined)[],
    attributes?: WrittenAttributes,
  ): Value {
    return this.ops(name, opType, inputs, 1, attributes)[0];
  }

  /** The same with several outputs. */
  ops(
    name: string,
    opType: string,
    inputs: readonly (Value | undefined)[],
    count: number,
    attributes?: WrittenAttributes,
  ): Value[] {
    const outputs = this.#write.ops(opType, inputs, count, attributes);
    outputs[0].producer!.name = name;
    return outputs;
  }

  /** An int64 vector that is no parameter: axes, a shape, pads. */
  ints(values: readonly number[]): Value {
    return this.#write.ints(values);
  }

  /** A number that is no parameter. */
  scalar(value: number): Value {
    return this.#write.scalar(value);
  }

  /** A tensor that is no parameter. */
  constant(tensor: Tensor): Value {
    return this.#write.constant(tensor);
  }

  /** A parameter of normal numbers. */
  normal(name: string, shape: readonly number[], deviation: number): Value {
    return this.#parameter(name, shape, () => deviation * this.#rng.normal());
  }

  /** A parameter of numbers between −bound and bound. */
  uniform(name: string, shape: readonly number[], bound: number): Value {
    return this.#parameter(name, shape, () => bound * (2 * this.#rng.uniform() - 1));
  }

  /** A parameter of one number throughout. */
  filled(name: string, shape: readonly number[], value: number): Value {
    return this.#parameter(name, shape, () => value);
  }

  /** Weights of variance 2 / (inputs of a sum), for what a ReLU follows (He et al. 2015). */
  conv(name: string, x: Value, facts: ConvFacts): Value {
    const { from, to, groups = 1, bias = true } = facts;
    const kernel = pair(facts.kernel);
    const pad = pair(facts.pad ?? [Math.floor(kernel[0] / 2), Math.floor(kernel[1] / 2)]);
    const shape = [to, from / groups, ...kernel];
    const weight = this.normal(`${name}.weight`, shape, Math.sqrt(2 / elementCount(shape.slice(1))));
    const inputs = [x, weight, ...(bias ? [this.filled(`${name}.bias`, [to], 0)] : [])];
    return this.op(name, 'Conv', inputs, {
      kernel_shape: kernel,
      strides: pair(facts.stride ?? 1),
      pads: [...pad, ...pad],
      group: groups,
    });
  }

  /** Over axis 1, with running statistics of mean 0 and variance 1. */
  batchNorm(name: string, x: Value, channels: number): Value {
    const vector = (part: string, value: number) => this.filled(`${name}.${part}`, [channels], value);
    const inputs = [
      x,
      vector('weight', 1),
      vector('bias', 0),
      vector('running_mean', 0),
      vector('running_var', 1),
    ];
    return this.op(name, 'BatchNormalization', inputs);
  }

  /** Weight and bias between ±1/√inputs, as PyTorch draws them; [N, from] → [N, to]. */
  linear(name: string, x: Value, from: number, to: number): Value {
    const bound = 1 / Math.sqrt(from);
    const weight = this.uniform(`${name}.weight`, [to, from], bound);
    return this.op(name, 'Gemm', [x, weight, this.uniform(`${name}.bias`, [to], bound)], { transB: 1 });
  }

  /** Over the last of any number of axes: x · W + b. With `gain` g the result begins g times as large as x. */
  dense(name: string, x: Value, from: number, to: number, gain = 1): Value {
    const weight = this.normal(`${name}.weight`, [from, to], gain * Math.sqrt(1 / from));
    const product = this.op(name, 'MatMul', [x, weight]);
    return this.op(`${name}.add`, 'Add', [product, this.filled(`${name}.bias`, [to], 0)]);
  }

  /** In training a share of the elements, drawn anew each step, is 0 and the others are as much larger; else x. */
  dropout(name: string, x: Value, share: number): Value {
    return share > 0 ? this.op(name, 'Dropout', [x, this.scalar(share)]) : x;
  }

  /** max(x, 0) */
  relu(name: string, x: Value): Value {
    return this.op(name, 'Relu', [x]);
  }

  /** x cut to 0 .. 6 */
  relu6(name: string, x: Value): Value {
    return this.op(name, 'Clip', [x, this.scalar(0), this.scalar(6)]);
  }

  /** The largest value of each window of `size` × `size`. */
  maxPool(name: string, x: Value, size: number, stride = size, pad = 0): Value {
    const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads: [pad, pad, pad, pad] };
    return this.op(name, 'MaxPool', [x], attributes);
  }

  /** [N, C, H, W] → [N, C]: the mean over all places. */
  poolAll(name: string, x: Value): Value {
    return this.op(`${name}.flat`, 'Flatten', [this.op(name, 'GlobalAveragePool', [x])]);
  }

  /** [N, C, H, W] → [N, C·H·W] */
  flatten(name: string, x: Value): Value {
    return this.op(name, 'Flatten', [x]);
  }

  /** Over the last axis, which has this length. */
  layerNorm(name: string, x: Value, length: number): Value {
    const inputs = [x, this.filled(`${name}.weight`, [length], 1), this.filled(`${name}.bias`, [length], 0)];
    return this.op(name, 'LayerNormalization', inputs, { axis: -1 });
  }

  /** Rows of a table: int64 [N, T] → [N, T, width]. */
  embedding(name: string, indices: Value, words: number, width: number): Value {
    const table = this.normal(`${name}.weight`, [words, width], 1 / Math.sqrt(width));
    return this.op(name, 'Gather', [table, indices]);
  }

  /** A learned vector for each place, [T, width], as long as those of words: else attention finds places late. */
  positions(name: string, length: number, width: number): Value {
    const table = this.normal(`${name}.weight`, [length, width], 1 / Math.sqrt(width));
    return this.op(name, 'Gather', [table, this.ints(Array.from({ length }, (_, i) => i))]);
  }

  /** Closes the graph: these values leave it, under these names. */
  model(outputs: Readonly<Record<string, Value>>): Model {
    for (const [name, value] of Object.entries(outputs)) {
      value.name = name;
      this.graph.outputs.push(value);
    }
    const model = new Model(this.graph);
    model.opsetImports.set('', OPSET);
    model.irVersion = 9;
    model.producerName = 'pare';
    return model;
  }

  #parameter(name: string, shape: readonly number[], draw: () => number): Value {
    const data = Float32Array.from({ length: elementCount(shape) }, draw);
    return this.graph.addInitializer(name, tensorSourceOfTensor({ dtype: 'float', shape, data }));
  }
}

function pair(value: number | readonly [number, number]): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value;
}
