import type { DataType, Tensor } from '../base/tensor.ts';
import type { AttributeValue } from '../onnx/ir/attribute.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Shape } from '../onnx/ir/type.ts';
import { Value } from '../onnx/ir/value.ts';
import { f32 } from './tensors.ts';

/** Integers become INT, lists of them INTS, texts STRING; anything else is written as an attribute. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | AttributeValue>>;

interface NodeOptions {
  name?: string;
  domain?: string;
  attributes?: Attributes;
  /** Names of the outputs; '' leaves one out. Default: one, named after the operator. */
  outputs?: readonly string[];
}

/** Builds small graphs for tests. */
export class GraphBuilder {
  readonly graph: Graph;

  constructor(name = 'test') {
    this.graph = new Graph(name);
  }

  input(name: string, shape: Shape, dtype: DataType = 'float'): Value {
    const value = new Value(name, { kind: 'tensor', dtype, shape });
    this.graph.inputs.push(value);
    return value;
  }

  constant(name: string, tensor: Tensor): Value {
    return this.graph.addInitializer(name, tensorSourceOfTensor(tensor));
  }

  /** A constant of float32 normal numbers, seeded by its name. */
  weights(name: string, shape: readonly number[]): Value {
    return this.constant(name, f32(shape, name));
  }

  /** Adds a node; returns its first output. */
  node(opType: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): Value {
    return this.nodeOf(opType, inputs, options).output;
  }

  /** Adds a node; returns it. */
  nodeOf(opType: string, inputs: readonly (Value | undefined)[], options: NodeOptions = {}): Node {
    const { name = '', domain = '', attributes = {}, outputs = [opType.toLowerCase()] } = options;
    const node = new Node({
      opType,
      name,
      domain,
      inputs,
      outputs: outputs.map((output) => (output === '' ? undefined : new Value(this.graph.freshName(output)))),
      attributes: Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)] as const),
    });
    return this.graph.add(node);
  }

  /** Closes the graph over its outputs. */
  ends(...outputs: Value[]): Graph {
    this.graph.outputs = outputs;
    return this.graph;
  }

  model(opset: number, ...outputs: Value[]): Model {
    const model = new Model(this.ends(...outputs));
    model.opsetImports.set('', opset);
    return model;
  }
}

export function float(value: number): AttributeValue {
  return { type: 'FLOAT', value };
}

export function subgraph(value: Graph): AttributeValue {
  return { type: 'GRAPH', value };
}

export function tensorAttribute(tensor: Tensor): AttributeValue {
  return { type: 'TENSOR', value: tensorSourceOfTensor(tensor) };
}

function attributeOf(value: Attributes[string]): AttributeValue {
  if (typeof value === 'number') return { type: 'INT', value: BigInt(value) };
  if (typeof value === 'string') return { type: 'STRING', value: new TextEncoder().encode(value) };
  // An array is the list of integers; Array.isArray does not narrow readonly arrays.
  if (Array.isArray(value)) return { type: 'INTS', value: (value as readonly number[]).map(BigInt) };
  return value as AttributeValue;
}
