import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  AttributeProto_AttributeType as Type,
} from '../../src/onnx/proto/onnx_pb.ts';
import { readModel } from '../../src/onnx/read/read-model.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { clean } from '../../src/passes/clean.ts';
import { upgradeOpset } from '../../src/passes/upgrade-opset.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';

const runner = await ortNode();
const floatType = (...dims: bigint[]) => ({
  value: {
    case: 'tensorType' as const,
    value: {
      elemType: 1,
      shape: { dim: dims.map((value) => ({ value: { case: 'dimValue' as const, value } })) },
    },
  },
});
const weights = { dataType: 1, dims: [2n], rawData: new Uint8Array(8).fill(63) };
const unknownField = { no: 9999, wireType: 2, data: new Uint8Array([2, 104, 105]) };

const deep = { opType: 'Deep', domain: 'com.example', input: ['x'], output: ['deep'] };

/** One attribute of every kind. */
const attribute = [
  { name: 'i', type: Type.INT, i: -(2n ** 63n) },
  { name: 'is', type: Type.INTS, ints: [-1n, 2n ** 63n - 1n] },
  { name: 'none', type: Type.INTS },
  { name: 'f', type: Type.FLOAT, f: Math.fround(0.1) },
  { name: 'fs', type: Type.FLOATS, floats: [-0, Infinity, 2 ** -149] },
  { name: 's', type: Type.STRING, s: new Uint8Array([0xff, 0]) },
  { name: 'ss', type: Type.STRINGS, strings: [new Uint8Array([1]), new Uint8Array()] },
  { name: 't', type: Type.TENSOR, t: { name: 'own', ...weights } },
  { name: 'ts', type: Type.TENSORS, tensors: [weights] },
  { name: 'g', type: Type.GRAPH, g: { name: 'in', node: [deep], output: [{ name: 'deep' }] } },
  { name: 'tp', type: Type.TYPE_PROTO, tp: floatType(3n) },
  { name: 'sp', type: Type.SPARSE_TENSOR, sparseTensor: { values: weights, dims: [9n] } },
  { name: 'd', type: Type.INT, i: 1n, docString: 'with a doc string', $unknown: [unknownField] },
];

/** An operator of a domain of its own, and one of the standard domain that no version knows, among Identities and a sum. */
function strangeModel(): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: '', version: 13n },
      { domain: 'com.example', version: 3n },
    ],
    graph: {
      name: 'g',
      input: [{ name: 'x', type: floatType(2n) }],
      output: [{ name: 'z', type: floatType(2n) }],
      initializer: [{ name: 'w', ...weights }],
      node: [
        { opType: 'Identity', input: ['x'], output: ['same'] },
        { opType: 'Add', input: ['same', 'w'], output: ['sum'] },
        {
          opType: 'Strange',
          domain: 'com.example',
          name: 'strange',
          input: ['sum', '', 'w'],
          output: ['', 'y'],
          attribute,
        },
        { opType: 'NotYetInOnnx', name: 'new', input: ['y', 'w'], output: ['z'], attribute },
      ],
    },
  });
}

const attributeBytes = (a: AttributeProto) => Buffer.from(toBinary(AttributeProtoSchema, a)).toString('hex');

function nodeFacts({ opType, domain, input, output, attribute }: NodeProto) {
  return { opType, domain, input, output, attributes: attribute.map(attributeBytes) };
}

function strangeNodes({ graph }: ModelProto) {
  const nodes = graph?.node.filter(({ opType }) => opType === 'Strange' || opType === 'NotYetInOnnx');
  return nodes?.map(nodeFacts);
}

describe('operators and domains pare does not know', () => {
  it('keep their attributes byte for byte through cleaning and upgrading', async () => {
    const before = strangeModel();
    const model = await readModel(toBinary(ModelProtoSchema, before));
    const changes = await clean(model, { runner });
    await upgradeOpset(model, 21);
    const after = fromBinary(ModelProtoSchema, await modelToBytes(model));
    expect(changes['remove-identity']).toBe(1);
    expect(after.graph?.node.length).toBe(3);
    expect(strangeNodes(after)).toEqual(strangeNodes(before));
    expect(after.opsetImport.map(({ domain, version }) => `${domain}:${version}`)).toEqual([
      ':21',
      'com.example:3',
    ]);
  });

  it('are not computed beforehand, though their inputs are constants', async () => {
    const before = strangeModel();
    for (const node of before.graph?.node ?? []) node.input = node.input.map((name) => name && 'w');
    const model = await readModel(toBinary(ModelProtoSchema, before));
    await clean(model, { runner });
    expect([...model.graph.nodes].map(({ opType }) => opType)).toEqual(['NotYetInOnnx']);
  });
});
