import type { Tensor } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';
import { biasCodes, biasScales } from './bias-codes.ts';
import { codesArray } from './codes-array.ts';
import { floatConstant } from './float-constant.ts';
import type { Format } from './format.ts';
import type { Grid } from './grid.ts';
import { codedWeight } from './quantized-weight.ts';
import type { WeightGrid } from './weight-grid.ts';

/** A grid as constants of the graph. */
interface GridParameters {
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** Writes Q and DQ nodes with their constants, of which equal ones are shared. */
export class QdqWriter {
  readonly #graph: Graph;
  readonly #constants = new Map<string, Value>();
  /** Decoded weights by original; layers that share a weight share its codes where their grids agree. */
  readonly #decodedWeights = new Map<Value, { grid: WeightGrid; decoded: Value }[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  encode(value: Value, name: string, grid: Grid): Value {
    const { scale, zeroPoint } = this.parameters(name, grid);
    return this.#graph.addNode({
      opType: 'QuantizeLinear',
      inputs: [value, scale, zeroPoint],
      outputName: `${name}/q`,
    });
  }

  /** @param output the value to make; by default a new one */
  decode(codes: Value, name: string, grid: Grid, output?: Value): Value {
    const { scale, zeroPoint } = this.parameters(name, grid);
    const decoded = output ?? new Value(this.#graph.freshName(`${name}/dq`));
    const inputs = [codes, scale, zeroPoint];
    this.#graph.add(new Node({ opType: 'DequantizeLinear', inputs, outputs: [decoded] }));
    return decoded;
  }

  /** Lets `maker` make codes in place of its output `value`. */
  makeCodes(maker: Node, value: Value): Value {
    const codes = new Value(this.#graph.freshName(`${value.name}/q`));
    maker.setOutputs(maker.outputs.map((output) => (output === value ? codes : output)));
    return codes;
  }

  /** Gives the producer of a model output another value to make; the output's readers go on reading that. */
  splitOutput(output: Value): Value {
    const inner = new Value(this.#graph.freshName(`${output.name}/float`), output.type);
    const producer = output.producer!;
    producer.setOutputs(producer.outputs.map((value) => (value === output ? inner : value)));
    output.replaceUses(inner);
    return inner;
  }

  parameters(name: string, { scale, zeroPoint, format }: Grid): GridParameters {
    return {
      scale: this.#constant(`scale ${scale}`, `${name}/s`, {
        dtype: 'float',
        shape: [],
        data: Float32Array.of(scale),
      }),
      zeroPoint: this.#codes(format, [], zeroPoint),
    };
  }

  decodedWeight(weight: Value, grid: WeightGrid, needsZeroPoint: boolean): Value {
    const known = this.#decodedWeights.get(weight) ?? [];
    const same = known.find((other) => equalGrids(other.grid, grid));
    if (same) return same.decoded;
    const { scales, axis, zeroPoint, format } = grid;
    const zero =
      needsZeroPoint || zeroPoint !== 0
        ? this.#codes(format, axis === undefined ? [] : [scales.length], zeroPoint)
        : undefined;
    const codes = codedWeight(weight.initializer!, grid);
    const decoded = this.#decodeConstant(`${weight.name}/q`, codes, scales, axis, zero);
    this.#decodedWeights.set(weight, [...known, { grid, decoded }]);
    return decoded;
  }

  /** On the grid of the layer's sums; a weight's scale serves the same channel of every group. */
  async decodedBias(bias: Value, inputScale: number, weightScales: Float32Array): Promise<Value> {
    const values = await floatConstant(bias);
    const isByChannel = weightScales.length > 1;
    const ofSums = biasScales(inputScale, weightScales);
    const scales = isByChannel ? Float32Array.from(values, (_, c) => ofSums[c % ofSums.length]) : ofSums;
    const codes: Tensor = { dtype: 'int32', shape: [values.length], data: biasCodes(values, scales) };
    const axis = isByChannel ? 0 : undefined;
    return this.#decodeConstant(`${bias.name}/q`, tensorSourceOfTensor(codes), scales, axis);
  }

  /** A constant of one code throughout. */
  #codes({ name, dtype }: Format, shape: readonly number[], code: number): Value {
    const data = codesArray(dtype, shape[0] ?? 1).fill(code);
    const word = code === 0 && shape.length > 0 ? `zeros_${name}_${shape[0]}` : `zero_${name}_${code}`;
    const fullName = code !== 0 && shape.length > 0 ? `${word}_${shape[0]}` : word;
    return this.#constant(`codes ${name} ${code} [${shape}]`, fullName, { dtype, shape, data });
  }

  #constant(key: string, name: string, tensor: Tensor): Value {
    let value = this.#constants.get(key);
    if (!value) {
      value = this.#graph.addInitializer(name, tensorSourceOfTensor(tensor));
      this.#constants.set(key, value);
    }
    return value;
  }

  /** DequantizeLinear of constant codes; a zero point of 0 by the standard needs no input of its own. */
  #decodeConstant(
    name: string,
    codes: TensorSource,
    scales: Float32Array,
    axis: number | undefined,
    zeroPoint?: Value,
  ): Value {
    const shape = axis === undefined ? [] : [scales.length];
    const inputs = [
      this.#graph.addInitializer(name, codes),
      this.#graph.addInitializer(
        name.replace(/q$/, 's'),
        tensorSourceOfTensor({ dtype: 'float', shape, data: scales }),
      ),
    ];
    if (zeroPoint) inputs.push(zeroPoint);
    const decoded = new Value(this.#graph.freshName(name.replace(/q$/, 'dq')));
    const node = new Node({ opType: 'DequantizeLinear', inputs, outputs: [decoded] });
    // The attribute's default is 1.
    if (axis !== undefined && axis !== 1) node.setInt('axis', axis);
    this.#graph.add(node);
    return decoded;
  }
}

function equalGrids(a: WeightGrid, b: WeightGrid): boolean {
  return (
    a.axis === b.axis &&
    a.zeroPoint === b.zeroPoint &&
    a.format.name === b.format.name &&
    a.scales.length === b.scales.length &&
    a.scales.every((scale, i) => scale === b.scales[i])
  );
}
