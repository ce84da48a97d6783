import fc from 'fast-check';
import type { DataType } from '../base/tensor.ts';
import type { Attribute } from '../onnx/ir/attribute.ts';
import { Graph } from '../onnx/ir/graph.ts';
import { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { ValueType } from '../onnx/ir/type.ts';
import { Value } from '../onnx/ir/value.ts';
import { byteLength } from '../tensor/byte-length.ts';

const dtypes = ['float', 'double', 'int64', 'int32', 'int8', 'uint8', 'uint16', 'uint64', 'bool'] as const;
/** Names that must be quoted, that look like types or numbers, and plain ones. */
const name = fc.oneof(
  fc.constantFrom('x', 'conv1.weight', '/a/b', 'float', 'nan', 'inf', 'a"b', 'back\\slash', 'new\nline', 'ü'),
  fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const float = fc.float({ noNaN: true });
const text = fc.string({ maxLength: 5 }).map((s) => new TextEncoder().encode(s));

const tensor: fc.Arbitrary<TensorSource> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const length = byteLength(dtype, shape);
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => tensorOf(dtype, shape, bytes));
  });

function tensorOf(dtype: DataType, shape: readonly number[], random: Uint8Array<ArrayBuffer>): TensorSource {
  const bytes = dtype === 'bool' ? random.map((byte) => byte & 1) : withoutNaN(dtype, random);
  return { dtype, shape, byteLength: bytes.length, read: async () => bytes };
}

/** NaN's many bit patterns have one text. */
function withoutNaN(dtype: DataType, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  if (dtype !== 'float' && dtype !== 'double') return bytes;
  const numbers = new (dtype === 'float' ? Float32Array : Float64Array)(bytes.buffer);
  for (const [i, number] of numbers.entries()) if (Number.isNaN(number)) numbers[i] = i;
  return bytes;
}

const type: fc.Arbitrary<ValueType | undefined> = fc.option(
  fc.record(
    {
      kind: fc.constant('tensor' as const),
      dtype: fc.constantFrom(...dtypes),
      shape: fc.option(fc.array(fc.oneof(fc.nat(99), name, fc.constant(null)), { maxLength: 3 }), {
        nil: undefined,
      }),
    },
    { noNullPrototype: true },
  ),
  { nil: undefined },
);

const leaf: fc.Arbitrary<Attribute> = fc.oneof(
  float.map((value) => ({ type: 'FLOAT' as const, value })),
  int64.map((value) => ({ type: 'INT' as const, value })),
  text.map((value) => ({ type: 'STRING' as const, value })),
  tensor.map((value) => ({ type: 'TENSOR' as const, value })),
  fc.array(float, { maxLength: 3 }).map((value) => ({ type: 'FLOATS' as const, value })),
  fc.array(int64, { maxLength: 3 }).map((value) => ({ type: 'INTS' as const, value })),
  fc.array(text, { maxLength: 3 }).map((value) => ({ type: 'STRINGS' as const, value })),
  fc.array(tensor, { maxLength: 2 }).map((value) => ({ type: 'TENSORS' as const, value })),
);

interface Plan {
  names: string[];
  types: (ValueType | undefined)[];
  inputCount: number;
  tensors: TensorSource[];
  nodes: {
    opType: string;
    reads: number[];
    writes: number;
    attributes: [string, Attribute][];
    body: Plan | null;
  }[];
  outputs: number[];
}

const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    names: fc.uniqueArray(name, { minLength: 1, maxLength: 12 }),
    types: fc.array(type, { minLength: 12, maxLength: 12 }),
    inputCount: fc.nat(3),
    tensors: fc.array(tensor, { maxLength: 3 }),
    nodes: fc.array(
      fc.record({
        opType: fc.constantFrom('Add', 'Conv', 'If', 'aten::op'),
        reads: fc.array(fc.nat(20), { maxLength: 4 }),
        writes: fc.integer({ min: 1, max: 2 }),
        attributes: fc.array(fc.tuple(name, leaf), { maxLength: 3 }),
        body: fc.option(tie('plan'), { maxDepth: 2, depthSize: 'small' }),
      }),
      { maxLength: 4 },
    ),
    outputs: fc.array(fc.nat(20), { maxLength: 3 }),
  }),
}));

/** Valid models of any operators: inputs, initializers, bodies that read outer values, names of all kinds. */
export const modelArbitrary: fc.Arbitrary<Model> = plan.map((whole) => {
  const model = new Model(graphOf(whole, []));
  model.opsetImports.set('', 13);
  return model;
});

function graphOf(plan: Plan, outer: readonly Value[]): Graph {
  const taken = new Set(outer.map((value) => value.name));
  const free = plan.names.filter((candidate) => !taken.has(candidate));
  const fresh = (index: number) => {
    const next = free.shift();
    return next === undefined ? undefined : new Value(next, plan.types[index]);
  };
  const graph = new Graph(plan.names[0]);
  const known = [...outer];
  for (let i = 0; i < plan.inputCount; i++) {
    const value = fresh(i);
    if (value) graph.inputs.push(value);
  }
  known.push(...graph.inputs);
  for (const tensor of plan.tensors) {
    const next = free.shift();
    if (next === undefined) break;
    const { dtype, shape } = tensor;
    known.push(graph.adoptInitializer(new Value(next, { kind: 'tensor', dtype, shape }, tensor)));
  }
  for (const [n, node] of plan.nodes.entries()) {
    const attributes = new Map(node.attributes);
    if (node.body) attributes.set('body', { type: 'GRAPH', value: graphOf(node.body, [...known]) });
    const outputs = Array.from({ length: node.writes }, (_, i) => fresh(4 + n * 2 + i));
    const { opType, reads } = node;
    graph.add(new Node({ opType, inputs: reads.map((i) => known[i]), outputs, attributes }));
    for (const value of outputs) if (value) known.push(value);
  }
  graph.outputs = [...new Set(plan.outputs.flatMap((i) => known[i] ?? []))];
  return graph;
}
