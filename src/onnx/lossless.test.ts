import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenLinks } from '../testing/broken-links.ts';
import { describeDifferences } from '../testing/describe-differences.ts';
import { modelArbitrary } from '../testing/model-arbitrary.ts';
import { type ModelProto, ModelProtoSchema, AttributeProto_AttributeType as Type } from './proto/onnx_pb.ts';
import { readModel } from './read/read-model.ts';
import { modelToBytes } from './write/write-model.ts';

const standard = { domain: '', version: 13n };
const floatType = (...dims: bigint[]) => ({
  value: {
    case: 'tensorType' as const,
    value: {
      elemType: 1,
      shape: { dim: dims.map((value) => ({ value: { case: 'dimValue' as const, value } })) },
    },
  },
});
const stringType = {
  value: {
    case: 'tensorType' as const,
    value: { elemType: 8, shape: { dim: [{ value: { case: 'dimValue' as const, value: 2n } }] } },
  },
};
const entries = [{ key: 'k', value: 'v' }];
/** Field 9999 with a text: unknown to every ONNX message. */
const unknown = { $unknown: [{ no: 9999, wireType: 2, data: new Uint8Array([2, 104, 105]) }] };

type ModelInit = MessageInitShape<typeof ModelProtoSchema>;

function proto(init: ModelInit): ModelProto {
  return create(ModelProtoSchema, { irVersion: 8n, opsetImport: [standard], ...init });
}

/** The message after a way through the IR, as JSON-like data. */
async function through(message: ModelProto): Promise<ModelProto> {
  const model = await readModel(toBinary(ModelProtoSchema, message));
  expect(brokenLinks(model.graph)).toEqual([]);
  return fromBinary(ModelProtoSchema, await modelToBytes(model));
}

async function expectKept(init: ModelInit): Promise<void> {
  const message = fromBinary(ModelProtoSchema, toBinary(ModelProtoSchema, proto(init)));
  expect(await through(message)).toEqual(message);
}

/** Puts unknown fields into the messages that `pick` chooses. */
async function expectUnknownKept(init: ModelInit, pick: (message: ModelProto) => object[]): Promise<void> {
  const message = proto(init);
  for (const part of pick(message)) Object.assign(part, unknown);
  const unknownOf = (part: object) => ('$unknown' in part ? part.$unknown : undefined);
  const before = toBinary(ModelProtoSchema, message);
  const after = await modelToBytes(await readModel(before));
  expect(pick(fromBinary(ModelProtoSchema, after)).map(unknownOf)).toEqual(
    pick(message).map(() => unknown.$unknown),
  );
  expect(fromBinary(ModelProtoSchema, after)).toEqual(fromBinary(ModelProtoSchema, before));
}

const node = (opType: string, input: string[], output: string[], rest: object = {}) => ({
  opType,
  input,
  output,
  ...rest,
});
const raw = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => i % 251);

describe('reading and writing keeps', () => {
  test('doc strings and metadata of everything', () =>
    expectKept({
      producerName: 'p',
      producerVersion: '1',
      domain: 'd',
      modelVersion: 7n,
      docString: 'model',
      metadataProps: entries,
      graph: {
        name: 'g',
        docString: 'graph',
        metadataProps: entries,
        input: [{ name: 'x', type: floatType(2n), docString: 'input', metadataProps: entries }],
        output: [{ name: 'z', type: floatType(2n), docString: 'output', metadataProps: entries }],
        valueInfo: [
          { name: 'w', type: floatType(2n), docString: 'an initializer', metadataProps: entries },
          { name: 'y', docString: 'inner', metadataProps: entries },
        ],
        initializer: [
          {
            name: 'w',
            dataType: 1,
            dims: [2n],
            rawData: raw(8),
            docString: 'weights',
            metadataProps: entries,
          },
        ],
        node: [
          node('Add', ['x', 'w'], ['y'], {
            name: 'n',
            docString: 'node',
            metadataProps: entries,
            overload: 'o',
          }),
          node('Elu', ['y'], ['z'], {
            attribute: [{ name: 'alpha', type: Type.FLOAT, f: 0.5, docString: 'attribute' }],
          }),
        ],
        quantizationAnnotation: [{ tensorName: 'x', quantParameterTensorNames: entries }],
      },
    }));

  test('unknown fields of every message that holds a part of the IR', () =>
    expectUnknownKept(
      {
        functions: [
          { name: 'f', domain: 'own', node: [node('Relu', ['a'], ['b'])], input: ['a'], output: ['b'] },
        ],
        graph: {
          name: 'g',
          input: [{ name: 'x', type: floatType(2n) }],
          output: [{ name: 'y' }],
          initializer: [{ name: 'w', dataType: 1, dims: [600n], rawData: raw(2400) }],
          node: [node('Op', ['x'], ['y'], { attribute: [{ name: 'a', type: Type.INT, i: 1n }] })],
        },
      },
      (m) => {
        const { graph, functions } = m;
        const type = graph?.input[0].type;
        if (!graph || type?.value.case !== 'tensorType' || !type.value.value.shape) throw new Error('lost');
        const { shape } = type.value.value;
        const inner = [
          graph.node[0].attribute[0],
          graph.initializer[0],
          graph.input[0],
          functions[0].node[0],
        ];
        return [m, graph, graph.node[0], functions[0], type, type.value.value, shape, shape.dim[0], ...inner];
      },
    ));

  test('types that are no tensors, denotations, unknown element types', () =>
    expectKept({
      graph: {
        name: 'g',
        input: [
          { name: 'a', type: { value: { case: 'sequenceType', value: { elemType: floatType(1n) } } } },
          { name: 'b', type: { value: { case: 'optionalType', value: { elemType: floatType() } } } },
          { name: 'c', type: { value: { case: 'mapType', value: { keyType: 7, valueType: floatType() } } } },
          { name: 'd', type: { value: { case: 'opaqueType', value: { domain: 'd', name: 'n' } } } },
          { name: 'e', type: { value: { case: 'sparseTensorType', value: { elemType: 1 } } } },
          { name: 'f', type: { ...floatType(), denotation: 'IMAGE' } },
          { name: 'h', type: { value: { case: 'tensorType', value: { elemType: 999 } } } },
          { name: 'i', type: { denotation: 'nothing else' } },
          {
            name: 'j',
            type: {
              value: {
                case: 'tensorType',
                value: {
                  elemType: 1,
                  shape: { dim: [{ value: { case: 'dimParam', value: 'N' }, denotation: 'DATA_BATCH' }, {}] },
                },
              },
            },
          },
        ],
        output: [],
        node: [],
      },
    }));

  test('subgraphs, attributes of all kinds, left-out inputs and outputs', () =>
    expectKept({
      opsetImport: [standard, { domain: 'own', version: 1n }],
      graph: {
        name: 'g',
        input: [{ name: 'x' }],
        output: [{ name: 'y' }],
        node: [
          node('Op', ['x', '', 'x', ''], ['', 'y', ''], {
            domain: 'own',
            attribute: [
              { name: 'i', type: Type.INT, i: -(2n ** 63n) },
              { name: 'is', type: Type.INTS, ints: [-1n, 2n ** 63n - 1n] },
              { name: 'none', type: Type.INTS },
              { name: 'f', type: Type.FLOAT, f: Math.fround(0.1) },
              { name: 'fs', type: Type.FLOATS, floats: [-0, Infinity] },
              { name: 's', type: Type.STRING, s: new Uint8Array([0xff, 0]) },
              { name: 'ss', type: Type.STRINGS, strings: [new Uint8Array([1]), new Uint8Array()] },
              {
                name: 't',
                type: Type.TENSOR,
                t: { name: 'own name', dataType: 1, dims: [400n], rawData: raw(1600) },
              },
              { name: 'ts', type: Type.TENSORS, tensors: [{ dataType: 2, dims: [1n], rawData: raw(1) }] },
              { name: 'g', type: Type.GRAPH, g: { name: 'in', output: [{ name: 'x' }] } },
              { name: 'gs', type: Type.GRAPHS, graphs: [{ name: 'a', node: [node('Relu', ['x'], ['q'])] }] },
              { name: 'tp', type: Type.TYPE_PROTO, tp: floatType(3n) },
              { name: 'tps', type: Type.TYPE_PROTOS, typeProtos: [floatType(3n)] },
              {
                name: 'sp',
                type: Type.SPARSE_TENSOR,
                sparseTensor: { values: { dataType: 1, dims: [400n], rawData: raw(1600) }, dims: [999n] },
              },
            ],
          }),
        ],
      },
    }));

  test('functions with defaults, references and bodies in any order', () =>
    expectKept({
      functions: [
        {
          name: 'f',
          domain: 'own',
          overload: 'o',
          docString: 'd',
          input: ['a'],
          output: ['c'],
          attribute: ['alpha'],
          attributeProto: [{ name: 'beta', type: Type.FLOAT, f: 2 }],
          opsetImport: [standard],
          valueInfo: [{ name: 'b', type: floatType(1n) }],
          metadataProps: entries,
          node: [
            node('Elu', ['a'], ['b'], {
              attribute: [{ name: 'alpha', type: Type.FLOAT, refAttrName: 'alpha' }],
            }),
            node('Relu', ['b'], ['c']),
          ],
        },
      ],
      graph: {
        name: 'g',
        input: [{ name: 'x' }],
        output: [{ name: 'y' }],
        node: [node('f', ['x'], ['y'], { domain: 'own' })],
      },
    }));

  test('sparse initializers, and the nodes that read them', () =>
    expectKept({
      graph: {
        name: 'g',
        output: [{ name: 'y' }],
        sparseInitializer: [
          {
            values: { name: 's', dataType: 1, dims: [400n], rawData: raw(1600) },
            indices: {
              dataType: 7,
              dims: [400n],
              int64Data: Array.from({ length: 400 }, (_, i) => BigInt(i)),
            },
            dims: [999n],
          },
        ],
        node: [node('Relu', ['s'], ['y'])],
      },
    }));

  test('files of IR version 3, whose initializers are inputs too', () =>
    expectKept({
      irVersion: 3n,
      graph: {
        name: 'g',
        input: [
          { name: 'x', type: floatType(2n) },
          { name: 'w', type: floatType(2n) },
        ],
        output: [{ name: 'y' }],
        initializer: [{ name: 'w', dataType: 1, dims: [2n], rawData: raw(8) }],
        node: [node('Add', ['x', 'w'], ['y'])],
      },
    }));

  test('strings in tensors', () =>
    expectKept({
      graph: {
        name: 'g',
        output: [{ name: 'w', type: stringType }],
        initializer: [
          { name: 'w', dataType: 8, dims: [2n], stringData: [new Uint8Array([255]), new Uint8Array()] },
        ],
      },
    }));

  test('any model', () =>
    fc.assert(
      fc.asyncProperty(modelArbitrary, async (model) => {
        const bytes = await modelToBytes(model);
        const again = await readModel(bytes);
        expect(brokenLinks(again.graph)).toEqual([]);
        expect(Buffer.from(await modelToBytes(again)).equals(Buffer.from(bytes))).toBe(true);
        expect(await describeDifferences(again, await readModel(bytes))).toEqual([]);
      }),
      { numRuns: 50 },
    ));
});
