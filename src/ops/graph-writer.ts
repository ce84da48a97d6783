import type { DataType, Tensor } from '../base/tensor.ts';
import type { Attribute, AttributeValue } from '../onnx/ir/attribute.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';
import { type CompositeType, compositeDomain, shapeOf } from './composite-ops.ts';

/** Integers become INT, lists of them INTS, texts STRING; anything else is written as it is. */
export type WrittenAttributes = Readonly<
  Record<string, number | readonly number[] | string | AttributeValue | undefined>
>;

/** Longer constants are not compared with one another. */
const SHARED = 256;

/** Adds nodes and small constants to a graph in few words; equal constants are shared. Call `sort` on the graph when done. */
export class GraphWriter {
  readonly graph: Graph;
  readonly #constants = new Map<string, Value>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** A node of the standard domain; returns its output. Attributes of value undefined are left out. */
  op(opType: string, inputs: readonly (Value | undefined)[], attributes: WrittenAttributes = {}): Value {
    return this.ops(opType, inputs, 1, attributes)[0];
  }

  /** The same with `count` outputs, of any domain. */
  ops(
    opType: string,
    inputs: readonly (Value | undefined)[],
    count: number,
    attributes: WrittenAttributes = {},
    domain = '',
  ): Value[] {
    const stem = opType.toLowerCase();
    const outputs = Array.from({ length: count }, () => new Value(this.graph.freshName(stem)));
    const written: [string, Attribute][] = [];
    for (const [name, value] of Object.entries(attributes))
      if (value !== undefined) written.push([name, attributeOf(value)]);
    this.graph.add(new Node({ opType, domain, inputs, outputs, attributes: written }));
    return outputs;
  }

  /** A composite with outputs of these shapes. */
  composite(
    opType: CompositeType,
    inputs: readonly Value[],
    shapes: readonly (readonly number[])[],
    attributes: WrittenAttributes,
  ): Value[] {
    const stated = Object.fromEntries(shapes.map((shape, i) => [shapeOf(i), shape]));
    return this.ops(opType, inputs, shapes.length, { ...attributes, ...stated }, compositeDomain);
  }

  /** A scalar; float32 unless said otherwise. */
  scalar(value: number, dtype: 'float' | 'int64' = 'float'): Value {
    const data = dtype === 'float' ? Float32Array.of(value) : BigInt64Array.of(BigInt(value));
    return this.constant({ dtype, shape: [], data });
  }

  /** An int64 vector: axes, a shape, pads. */
  ints(values: readonly number[]): Value {
    return this.constant({
      dtype: 'int64',
      shape: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
  }

  /** A constant; one of the same type, shape and elements made before is used again. */
  constant(tensor: Tensor): Value {
    const key = `${tensor.dtype} ${tensor.shape} ${tensor.data.length <= SHARED ? tensor.data : this.#constants.size}`;
    let value = this.#constants.get(key);
    if (!value) {
      value = this.graph.addInitializer('c', tensorSourceOfTensor(tensor));
      this.#constants.set(key, value);
    }
    return value;
  }

  /** The same elements in another shape. */
  reshape(value: Value, shape: readonly number[]): Value {
    // Else a 0 means the length that was there.
    const attributes = shape.includes(0) ? { allowzero: 1 } : {};
    return this.op('Reshape', [value, this.ints(shape)], attributes);
  }

  transpose(value: Value, perm: readonly number[]): Value {
    return perm.every((axis, i) => axis === i) ? value : this.op('Transpose', [value], { perm });
  }

  cast(value: Value, to: DataType): Value {
    return this.op('Cast', [value], { to: castCodes[to] });
  }

  /** Sums over axes, which stay with length 1 unless said otherwise. */
  sum(value: Value, axes: readonly number[], keepdims = true): Value {
    return axes.length === 0
      ? value
      : this.op('ReduceSum', [value, this.ints(axes)], { keepdims: keepdims ? 1 : 0 });
  }

  /**
   * Undoes broadcasting: sums what was spread from `to` over `from`, so that the result has shape `to`.
   * @param from shape of `value`; `to` broadcasts to it
   */
  sumTo(value: Value, from: readonly number[], to: readonly number[]): Value {
    if (from.length === to.length && from.every((n, i) => n === to[i])) return value;
    const lead = from.length - to.length;
    const axes = from.flatMap((n, i) => (i < lead || (to[i - lead] === 1 && n !== 1) ? [i] : []));
    if (axes.length === lead) return this.sum(value, axes, false);
    const summed = this.sum(value, axes);
    return lead === 0 ? summed : this.reshape(summed, to);
  }
}

/** TensorProto.DataType. */
const castCodes: Partial<Record<DataType, number>> = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  double: 11,
};

function attributeOf(value: number | readonly number[] | string | AttributeValue): AttributeValue {
  if (typeof value === 'number') return { type: 'INT', value: BigInt(value) };
  if (typeof value === 'string') return { type: 'STRING', value: new TextEncoder().encode(value) };
  // Array.isArray does not narrow readonly arrays.
  if (Array.isArray(value)) return { type: 'INTS', value: (value as readonly number[]).map(BigInt) };
  return value as AttributeValue;
}
