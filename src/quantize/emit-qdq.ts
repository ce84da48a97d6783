import type { Tensor } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';
import { absorb } from '../passes/absorb.ts';
import type { Target } from '../targets/target.ts';
import { biasCodes, biasScales } from './bias-codes.ts';
import { clampBounds } from './clamp-bounds.ts';
import type { CodeRange } from './format.ts';
import { type Grid, impliesClamp } from './grid.ts';
import { floatConstant, layerScales } from './layer-scales.ts';
import type { Plan } from './plan.ts';
import { codedWeight } from './quantized-weight.ts';

export interface EmitOptions {
  readonly target: Target;
  readonly granularity: 'channel' | 'tensor';
  readonly weightCodes: CodeRange;
}

/** What became of one layer's weight; for the report. */
export interface EmittedWeight {
  readonly layer: Node;
  /** The float weight. */
  readonly source: TensorSource;
  readonly scales: Float32Array;
  readonly axis: number | undefined;
}

export interface Emitted {
  readonly weights: readonly EmittedWeight[];
  /** The decoded value, by name of the value it stands for. */
  readonly decoded: ReadonlyMap<string, Value>;
}

/**
 * Writes the plan into the graph as QuantizeLinear / DequantizeLinear pairs around values and DequantizeLinear behind
 * int8 weights and int32 biases. Zero points of 0 are left out where ONNX allows it.
 * @param grids the grid of every planned value that does not share another's
 */
export async function emitQdq(
  graph: Graph,
  plan: Plan,
  grids: ReadonlyMap<Value, Grid>,
  options: EmitOptions,
): Promise<Emitted> {
  const emitter = new Emitter(graph, plan, grids, options);
  await emitter.absorbClamps();
  const weights: EmittedWeight[] = [];
  for (const [node, { state }] of plan.nodes) {
    const role = opOf(node)?.role;
    if (state === 'quantized' && role?.kind === 'weighted')
      weights.push(await emitter.quantizeLayer(node, role.channelAxis(node)));
  }
  const decoded = new Map<string, Value>();
  for (const value of plan.values) decoded.set(value.name, emitter.wrap(value));
  for (const value of emitter.cutEarly.keys()) emitter.wrap(value);
  graph.sort();
  return { weights, decoded };
}

/** A grid as constants of the graph. */
interface GridParameters {
  readonly scale: Value;
  readonly zeroPoint: Value;
}

class Emitter {
  readonly #graph: Graph;
  readonly #plan: Plan;
  readonly #grids: ReadonlyMap<Value, Grid>;
  readonly #options: EmitOptions;
  /** Outputs of layers in front of a clamp that stays, and the value behind it, whose grid they share. */
  readonly cutEarly = new Map<Value, Value>();
  /** Constants made so far, by what they hold; equal ones are shared. */
  readonly #constants = new Map<string, Value>();
  /** Decoded weights by original; layers that share a weight share its codes where their scales agree. */
  readonly #decodedWeights = new Map<
    Value,
    { scales: Float32Array; axis: number | undefined; decoded: Value }[]
  >();

  constructor(graph: Graph, plan: Plan, grids: ReadonlyMap<Value, Grid>, options: EmitOptions) {
    this.#graph = graph;
    this.#plan = plan;
    this.#grids = grids;
    this.#options = options;
  }

  /**
   * A clamp goes where saturation on the grid of its output does the same for every value. One that must stay (its lower
   * bound is above 0, so the grid reaches below) is fed the layer's codes on that same grid: the layer still computes in
   * integers, and cutting first to the grid and then to the bounds gives what the reverse order gives.
   */
  async absorbClamps(): Promise<void> {
    const { nodes, clamps, values } = this.#plan;
    for (const [layer, { state }] of nodes) {
      const result = this.#plan.resultOf(layer);
      if (state !== 'quantized' || !values.has(result)) continue;
      let clamp = clamps.get(layer.output);
      while (clamp && (await isImplied(clamp, this.#gridOf(result)))) {
        absorb(this.#graph, layer, clamp);
        clamp = clamps.get(layer.output);
      }
      if (clamp) this.cutEarly.set(layer.output, result);
    }
  }

  async quantizeLayer(layer: Node, channelAxis: number): Promise<EmittedWeight> {
    const [data, weight, bias] = layer.inputs;
    const axis = this.#options.granularity === 'channel' ? channelAxis : undefined;
    const inputScale = this.#gridOf(data!).scale;
    const scales = await layerScales(layer, { axis, inputScale, codes: this.#options.weightCodes });
    layer.setInput(1, this.#decodedWeight(layer, weight!, scales, axis));
    if (bias) layer.setInput(2, await this.#decodedBias(bias, biasScales(inputScale, scales)));
    return { layer, source: weight!.initializer!, scales, axis };
  }

  /**
   * Puts Q/DQ behind a value. Readers that compute in float read it undisturbed where that costs no fusion. What a
   * mover makes needs no Q: movers work on the codes themselves.
   */
  wrap(value: Value): Value {
    const graph = this.#graph;
    const parameters = this.#parametersOf(value);
    const isMadeOfCodes = this.#isCoded(value.producer);
    const isOutput = isMadeOfCodes && graph.outputs.includes(value);
    const source = isOutput ? this.#splitOutput(value) : value;
    const readers = source.uses.filter((use) => isMadeOfCodes || this.#isCoded(use.node));
    const codes = this.#isMover(source.producer)
      ? this.#moveCodes(source, parameters.zeroPoint)
      : this.#encode(source, value.name, parameters);
    const decoded = isOutput ? value : new Value(graph.freshName(`${value.name}/dq`));
    const inputs = [codes, parameters.scale, parameters.zeroPoint];
    graph.add(new Node({ opType: 'DequantizeLinear', inputs, outputs: [decoded] }));
    for (const { node, index } of readers) node.setInput(index, decoded);
    return decoded;
  }

  #encode(value: Value, name: string, { scale, zeroPoint }: GridParameters): Value {
    const inputs = [value, scale, zeroPoint];
    return this.#graph.addNode({ opType: 'QuantizeLinear', inputs, outputName: `${name}/q` });
  }

  /** Lets the mover that makes `value` move codes instead; its input was wrapped before. */
  #moveCodes(value: Value, zeroPoint: Value): Value {
    const mover = value.producer!;
    const role = opOf(mover)?.role;
    mover.setInput(0, mover.inputs[0]!.producer!.inputs[0]);
    if (role?.kind === 'pass' && role.fill !== undefined) mover.setInput(role.fill, zeroPoint);
    const codes = new Value(this.#graph.freshName(`${value.name}/q`));
    mover.setOutputs([codes]);
    return codes;
  }

  #isMover(node: Node | undefined): boolean {
    return node !== undefined && this.#plan.nodes.get(node)?.state === 'pass';
  }

  /** Gives the producer of a model output another value to make; the output's readers go on reading that. */
  #splitOutput(output: Value): Value {
    const inner = new Value(this.#graph.freshName(`${output.name}/float`), output.type);
    const producer = output.producer!;
    producer.setOutputs(producer.outputs.map((value) => (value === output ? inner : value)));
    output.replaceUses(inner);
    return inner;
  }

  #isCoded(node: Node | undefined): boolean {
    const state = node && this.#plan.nodes.get(node)?.state;
    return state === 'quantized' || state === 'pass';
  }

  #gridOf(value: Value): Grid {
    const grid = this.#grids.get(this.#plan.gridOf.get(value) ?? this.cutEarly.get(value) ?? value);
    if (!grid) throw new Error(`no grid for "${value.name}"`);
    return grid;
  }

  #parametersOf(value: Value): GridParameters {
    const { scale, zeroPoint, format } = this.#gridOf(value);
    const code = format.dtype === 'uint8' ? Uint8Array.of(zeroPoint) : Int8Array.of(zeroPoint);
    return {
      scale: this.#constant(`scale ${scale}`, `${value.name}/s`, {
        dtype: 'float',
        shape: [],
        data: Float32Array.of(scale),
      }),
      zeroPoint: this.#constant(`zero ${format.name} ${zeroPoint}`, `zero_${format.name}_${zeroPoint}`, {
        dtype: format.dtype,
        shape: [],
        data: code,
      }),
    };
  }

  #constant(key: string, name: string, tensor: Tensor): Value {
    let value = this.#constants.get(key);
    if (!value) {
      value = this.#graph.addInitializer(name, tensorSourceOfTensor(tensor));
      this.#constants.set(key, value);
    }
    return value;
  }

  #decodedWeight(layer: Node, weight: Value, scales: Float32Array, axis: number | undefined): Value {
    const known = this.#decodedWeights.get(weight) ?? [];
    const same = known.find((other) => other.axis === axis && equalNumbers(other.scales, scales));
    if (same) return same.decoded;
    const codes = codedWeight(weight.initializer!, scales, axis, this.#options.weightCodes);
    const needsZeroPoint = this.#options.target.kernels[layer.opType]?.needsWeightZeroPoint === true;
    const decoded = this.#decode(
      `${weight.name}/q`,
      codes,
      scales,
      axis,
      needsZeroPoint ? this.#zeros(scales.length, axis) : undefined,
    );
    this.#decodedWeights.set(weight, [...known, { scales, axis, decoded }]);
    return decoded;
  }

  async #decodedBias(bias: Value, scales: Float32Array): Promise<Value> {
    const values = await floatConstant(bias);
    const codes: Tensor = { dtype: 'int32', shape: [values.length], data: biasCodes(values, scales) };
    return this.#decode(
      `${bias.name}/q`,
      tensorSourceOfTensor(codes),
      scales,
      scales.length > 1 ? 0 : undefined,
    );
  }

  #zeros(count: number, axis: number | undefined): Value {
    const shape = axis === undefined ? [] : [count];
    return this.#constant(`zeros int8 [${shape}]`, `zeros_int8_${count}`, {
      dtype: 'int8',
      shape,
      data: new Int8Array(count),
    });
  }

  /** DequantizeLinear of constant codes with zero point 0, which by the standard needs no input of its own. */
  #decode(
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

async function isImplied(clamp: Node, grid: Grid): Promise<boolean> {
  const bounds = await clampBounds(clamp);
  return bounds !== undefined && impliesClamp(grid, bounds.min, bounds.max);
}

function equalNumbers(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
