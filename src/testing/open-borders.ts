import { create } from '@bufbuild/protobuf';
import type { DataType, Tensor } from '../base/tensor.ts';
import type { AttributeValue } from '../onnx/ir/attribute.ts';
import type { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { ValueType } from '../onnx/ir/type.ts';
import { Value } from '../onnx/ir/value.ts';
import { AttributeProto_AttributeType, AttributeProtoSchema, type TypeProto } from '../onnx/proto/onnx_pb.ts';
import { dataTypes } from '../tensor/data-types.ts';
import type { CaseValue } from './case-value.ts';
import { tensorOfSource } from './tensor-of-source.ts';
import { int64 } from './tensors.ts';

/** A model whose inputs and outputs are all tensors that JavaScript can hold, and what goes in and should come out. */
export interface OpenedModel {
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** By the opened outputs' names; without those that were cast to be handed out. */
  readonly expected: Readonly<Record<string, Tensor>>;
}

/** Types that the engine knows only inside a graph, and the type that holds all their values outside. */
const widened: Partial<Record<DataType, DataType>> = {
  bfloat16: 'float',
  float8e4m3fn: 'float',
  float8e4m3fnuz: 'float',
  float8e5m2: 'float',
  float8e5m2fnuz: 'float',
  float8e8m0: 'float',
  float4e2m1: 'float',
  int4: 'int8',
  uint4: 'uint8',
  int2: 'int8',
  uint2: 'uint8',
};

/**
 * Rewrites the borders of a model, and nothing between them, so that it can be run from JavaScript: sequences and optional
 * values are put together from tensors by nodes in front and taken apart by nodes behind; tensors of types that cannot
 * cross the border are constants on the way in and cast on the way out.
 */
export async function openBorders(
  model: Model,
  given: ReadonlyMap<string, CaseValue>,
  wanted: ReadonlyMap<string, CaseValue>,
): Promise<OpenedModel> {
  const borders = new Borders(model);
  const { graph } = model;
  const outputs = [...graph.outputs];
  graph.outputs = [];
  for (const value of [...graph.inputs]) await borders.enter(value, given.get(value.name));
  for (const value of outputs) await borders.leave(value, wanted.get(value.name));
  graph.sort();
  return borders;
}

class Borders implements OpenedModel {
  readonly feeds: Record<string, Tensor> = {};
  readonly expected: Record<string, Tensor> = {};
  readonly #graph: Model['graph'];

  constructor({ graph }: Model) {
    this.#graph = graph;
  }

  async enter(value: Value, given: CaseValue | undefined): Promise<void> {
    const isPlain = given?.kind === 'tensor' && isCarried(given.tensor.dtype);
    if (isPlain) this.feeds[value.name] = await tensorOfSource(given.tensor);
    if (isPlain || !given) return;
    this.#graph.inputs = this.#graph.inputs.filter((input) => input !== value);
    await this.#make(value, given, typeProtoOf(value));
  }

  /** Gives `value` its producer. */
  async #make(value: Value, given: CaseValue, type: TypeProto | undefined): Promise<void> {
    if (given.kind === 'tensor') {
      value.initializer = given.tensor;
      value.type = typeOf(given.tensor);
      this.#graph.adoptInitializer(value);
    } else if (given.kind === 'sequence') {
      await this.#makeSequence(value, given.elements, type);
    } else {
      await this.#makeOptional(value, given.value, type);
    }
  }

  async #makeSequence(
    value: Value,
    elements: readonly TensorSource[],
    type: TypeProto | undefined,
  ): Promise<void> {
    const inputs = [];
    for (const [i, source] of elements.entries()) {
      const element = this.#valueNamed(`${value.name}_${i}`, typeOf(source));
      this.#graph.inputs.push(element);
      this.feeds[element.name] = await tensorOfSource(source);
      inputs.push(element);
    }
    const empty = () => [['dtype', { type: 'INT', value: BigInt(elementTypeOf(type)) }] as const] as const;
    const outputs = [value];
    if (inputs.length > 0) this.#graph.add(new Node({ opType: 'SequenceConstruct', inputs, outputs }));
    else this.#graph.add(new Node({ opType: 'SequenceEmpty', outputs, attributes: empty() }));
  }

  async #makeOptional(
    value: Value,
    given: CaseValue | undefined,
    type: TypeProto | undefined,
  ): Promise<void> {
    const inner = type?.value.case === 'optionalType' ? type.value.value.elemType : undefined;
    if (!given) {
      const attributes = inner ? [['type', typeAttribute(inner)] as const] : [];
      this.#graph.add(new Node({ opType: 'Optional', outputs: [value], attributes }));
      return;
    }
    const content = this.#valueNamed(`${value.name}_content`);
    await this.#make(content, given, inner);
    this.#graph.add(new Node({ opType: 'Optional', inputs: [content], outputs: [value] }));
  }

  async leave(value: Value, wanted: CaseValue | undefined): Promise<void> {
    if (wanted?.kind === 'sequence') return this.#leaveSequence(value, wanted.elements);
    if (wanted?.kind === 'optional' && wanted.value) {
      return this.leave(this.#node('OptionalGetElement', [value]), wanted.value);
    }
    const dtype = value.type?.kind === 'tensor' ? value.type.dtype : undefined;
    const wide = dtype && widened[dtype];
    if (wide) {
      const to = { type: 'INT', value: BigInt(dataTypes[wide].code) } as const;
      this.#output(this.#node('Cast', [value], [['to', to]]));
    } else {
      this.#output(value);
      if (wanted?.kind === 'tensor') this.expected[value.name] = await tensorOfSource(wanted.tensor);
    }
  }

  async #leaveSequence(value: Value, elements: readonly TensorSource[]): Promise<void> {
    const length = this.#node('SequenceLength', [value]);
    this.#output(length);
    this.expected[length.name] = int64(elements.length);
    for (const [i, tensor] of elements.entries()) {
      const index = this.#graph.addInitializer('index', tensorSourceOfTensor(int64(i)));
      await this.leave(this.#node('SequenceAt', [value, index]), { kind: 'tensor', tensor });
    }
  }

  #output(value: Value): void {
    this.#graph.outputs.push(value);
  }

  #node(opType: string, inputs: Value[], attributes: (readonly [string, AttributeValue])[] = []): Value {
    return this.#graph.addNode({ opType, inputs, attributes, outputName: `${inputs[0].name}_${opType}` });
  }

  #valueNamed(base: string, type?: ValueType): Value {
    return new Value(this.#graph.freshName(base), type);
  }
}

function isCarried(dtype: DataType): boolean {
  return widened[dtype] === undefined;
}

function typeOf({ dtype, shape }: TensorSource): ValueType {
  return { kind: 'tensor', dtype, shape };
}

function typeProtoOf({ type }: Value): TypeProto | undefined {
  // Types that are no tensors are carried as the messages the reader found.
  return type?.kind === 'other' ? (type.foreign as TypeProto) : undefined;
}

/** ONNX's number of the element type of a sequence of tensors. */
function elementTypeOf(type: TypeProto | undefined): number {
  const element = type?.value.case === 'sequenceType' ? type.value.value.elemType?.value : undefined;
  return element?.case === 'tensorType' ? element.value.elemType : dataTypes.float.code;
}

function typeAttribute(tp: TypeProto): AttributeValue {
  const type = AttributeProto_AttributeType.TYPE_PROTO;
  return { type: 'OTHER', foreign: create(AttributeProtoSchema, { type, tp }) };
}
