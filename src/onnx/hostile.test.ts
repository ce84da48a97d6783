import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PareError } from '../base/pare-error.ts';
import type { ByteSource } from './byte-source/byte-source.ts';
import { ModelProtoSchema } from './proto/onnx_pb.ts';
import { readModel } from './read/read-model.ts';
import { parseModel } from './text/parse-model.ts';
import { concatBytes } from './wire/concat-bytes.ts';
import { encodeTag, encodeVarint } from './wire/varint.ts';
import { modelToBytes } from './write/write-model.ts';

/** Holds every kind of message: large and small tensors, strings, a body, attributes of all sorts. */
const SEED = parseModel(`<ir_version: 8, opset_import: ["" : 13], metadata_props: ["k": "v"]>
  seed (float[N,2] x, bool c) => (float y) <float[300] w = {${Array(300).fill(0.5).join(',')}}, int64[2] k = {1, -1},
  string s = {"a"}, float[N,2] z> {
    [n] z = Conv <f = 1.0, is = [1, 2], t = float[1] {3}, fs = [1.0], ss = ["a"]> (x, , w)
    y = If (c) <then_branch = t () => (q) { q = Add (z, k) }, else_branch = e () => (z) {}>
  }`);

const bytesField = (number: number, body: Uint8Array): Uint8Array =>
  concatBytes([encodeTag(number, 2), encodeVarint(body.length), body]);
const opset = bytesField(8, concatBytes([encodeTag(2, 0), encodeVarint(13)]));
/** A model whose graph is the given bytes. */
const modelOf = (...graph: Uint8Array[]) => concatBytes([bytesField(7, concatBytes(graph)), opset]);

/** Reads, prints and writes the model: all of that must work, or end in a PareError. */
async function survive(bytes: Uint8Array): Promise<string> {
  try {
    const model = await readModel(bytes);
    await modelToBytes(model);
    await model.close();
    return 'read';
  } catch (error) {
    if (error instanceof PareError) return error.code;
    throw error;
  }
}

async function errorOf(bytes: Uint8Array | ByteSource): Promise<PareError> {
  const error: unknown = await readModel(bytes).then(
    () => new Error('nothing was thrown'),
    (thrown) => thrown,
  );
  if (error instanceof PareError) return error;
  throw error;
}

describe('hostile bytes end in a PareError or a model', () => {
  test('random bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await survive(bytes);
      }),
      { numRuns: 1000 },
    ));

  test('a real model with bytes changed', async () => {
    const seed = await modelToBytes(SEED);
    const change = fc.tuple(fc.nat(seed.length - 1), fc.nat(255));
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = seed.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        if ((await survive(bytes)) === 'read') read++;
      }),
      { numRuns: 2000 },
    );
    expect(read).toBeGreaterThan(0);
  });

  test('a real model cut, or with pieces taken out or doubled', async () => {
    const seed = await modelToBytes(SEED);
    const at = fc.nat(seed.length);
    await fc.assert(
      fc.asyncProperty(at, at, at, async (from, to, insert) => {
        await survive(seed.subarray(0, from));
        await survive(concatBytes([seed.subarray(0, from), seed.subarray(to)]));
        await survive(
          concatBytes([seed.subarray(0, insert), seed.subarray(from, to), seed.subarray(insert)]),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('nesting of graphs', async () => {
    let graph: Uint8Array = bytesField(2, new TextEncoder().encode('g'));
    for (let i = 0; i < 60; i++) graph = bytesField(1, bytesField(5, bytesField(6, graph)));
    expect((await errorOf(modelOf(graph))).message).toContain('nested more than 100 deep');
  });

  test('nesting of types', async () => {
    let type: Uint8Array = bytesField(1, new Uint8Array());
    for (let i = 0; i < 5000; i++) type = bytesField(4, bytesField(1, type));
    const bytes = modelOf(
      bytesField(11, concatBytes([bytesField(1, new TextEncoder().encode('x')), bytesField(2, type)])),
    );
    expect(['read', 'not-an-onnx-model']).toContain(await survive(bytes));
  });

  test('a tensor of 2⁴⁰ elements with little data', async () => {
    const graph = {
      name: 'g',
      initializer: [{ name: 'w', dataType: 1, dims: [2n ** 40n], rawData: new Uint8Array(8) }],
    };
    const bytes = toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, { opsetImport: [{ version: 13n }], graph }),
    );
    const error = await errorOf(bytes);
    expect(error.code).toBe('bad-tensor');
    expect(error.message).toContain('needs 4398046511104 bytes, but it has 8');
  });

  test.each([
    ['an unknown element type', { dataType: 99, dims: [] }, 'element type 99 is unknown'],
    ['a negative length', { dataType: 1, dims: [-1n] }, 'its shape is [-1]'],
    ['an absurd length', { dataType: 1, dims: [2n ** 62n] }, 'its shape is'],
    ['too few strings', { dataType: 8, dims: [2n], stringData: [] }, '0 strings for shape [2]'],
    ['segments', { dataType: 1, dims: [0n], segment: { begin: 0n } }, 'stored in segments'],
  ])('a tensor with %s', async (_, tensor, reason) => {
    const graph = { name: 'g', initializer: [{ name: 'w', ...tensor }] };
    const message = create(ModelProtoSchema, { opsetImport: [{ version: 13n }], graph });
    const error = await errorOf(toBinary(ModelProtoSchema, message));
    expect([error.code, error.message]).toEqual(['bad-tensor', expect.stringContaining(reason)]);
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'it is empty'],
    ['no graph', opset, 'it holds no graph'],
    ['no operator set', bytesField(7, new Uint8Array()), 'it names no operator set'],
    ['a number of 11 bytes', new Uint8Array([8, ...Array(10).fill(0xff), 1]), 'more than 10 bytes'],
    ['a length beyond the end', new Uint8Array([0x3a, 100, 0]), 'field 7 runs past the end'],
    ['a length of 2⁶³', new Uint8Array([0x3a, ...Array(9).fill(0xff), 1]), 'field 7 runs past the end'],
    [
      'an inner length beyond its message',
      new Uint8Array([0x3a, 2, 0x0a, 9, 0]),
      'field 1 runs past the end',
    ],
    ['a cut number', new Uint8Array([0x3a, 0x80]), 'the file ends inside a number'],
    ['field number 0', new Uint8Array([0, 0]), 'field number 0'],
    ['a group', new Uint8Array([0x0b]), 'wire type 3'],
    ['a text file', new TextEncoder().encode('hello, world'), 'wire type'],
    [
      'an absurd IR version',
      concatBytes([
        encodeTag(1, 0),
        encodeVarint(2 ** 53 - 1),
        new Uint8Array([8, ...Array(9).fill(0xff), 1]),
        modelOf(),
      ]),
      'of version -1',
    ],
  ])('%s', async (_, bytes, reason) => {
    const error = await errorOf(bytes);
    expect([error.code, error.message]).toEqual(['not-an-onnx-model', expect.stringContaining(reason)]);
  });

  test('a file of a terabyte of nothing is not loaded', async () => {
    const size = 2 ** 40;
    const header = concatBytes([encodeTag(6, 2), encodeVarint(size - 7)]);
    let loaded = 0;
    const source: ByteSource = {
      name: 'huge.onnx',
      size,
      async read(offset, length) {
        loaded += length;
        const bytes = new Uint8Array(length);
        if (offset === 0) bytes.set(header);
        return bytes;
      },
      close: async () => {},
    };
    expect((await errorOf(source)).code).toBe('not-an-onnx-model');
    expect(loaded).toBeLessThan(1e6);
  });
});

describe('broken graphs are refused with all their problems', () => {
  const header = { irVersion: 8n, opsetImport: [{ version: 13n }] };
  const tensor = (name: string) => ({ name, dataType: 1, dims: [0n] });
  const read = (graph: object) =>
    errorOf(
      toBinary(ModelProtoSchema, create(ModelProtoSchema, { ...header, graph: { name: 'g', ...graph } })),
    );

  test('duplicate names, dangling reads, missing outputs, foreign domains', async () => {
    const error = await read({
      input: [{ name: 'x' }, { name: 'x' }],
      initializer: [tensor('w'), tensor('w')],
      node: [
        { opType: 'Relu', input: ['q'], output: ['y'] },
        { opType: 'Relu', input: ['x'], output: ['y'], name: 'n', domain: 'none' },
        { opType: 'Relu', input: ['x'], output: ['w'] },
      ],
      output: [{ name: 'z' }],
    });
    expect(error.code).toBe('broken-model');
    for (const problem of [
      '"x" is made twice (again by an input)',
      'two initializers are named "w"',
      'node "y" (Relu) reads "q", which nothing makes',
      '"y" is made twice (again by a Relu)',
      '"w" is made twice (again by a Relu)',
      'output "z" is made by nothing',
      '"n" (Relu) is of domain "none", which the model does not import',
    ])
      expect(error.message).toContain(problem);
  });

  test('a cycle', async () => {
    const node = [
      { opType: 'Relu', input: ['b'], output: ['a'] },
      { opType: 'Relu', input: ['a'], output: ['b'] },
    ];
    expect((await read({ node })).message).toContain('node "" (Relu) depends on itself');
  });

  test('a cycle through the body of a node', async () => {
    const g = { name: 'body', node: [{ opType: 'Relu', input: ['b'], output: ['c'] }] };
    const node = [
      {
        opType: 'If',
        name: 'if',
        input: [],
        output: ['a'],
        attribute: [{ name: 'then_branch', type: 5, g }],
      },
      { opType: 'Relu', input: ['a'], output: ['b'] },
    ];
    expect((await read({ node })).message).toContain('node "if" (If) depends on itself');
  });

  test('payload numbers in a file mean nothing', async () => {
    const secret = { name: 'a', dataType: 1, dims: [300n], rawData: new Uint8Array(1200).fill(7) };
    const thief = { name: 'b', dataType: 1, dims: [300n], payload: 1 };
    expect((await read({ initializer: [secret, thief] })).message).toContain(
      'needs 1200 bytes, but it has 0',
    );
    const fine = { name: 'b', dataType: 1, dims: [1n], rawData: new Uint8Array([0, 0, 128, 63]), payload: 1 };
    const message = create(ModelProtoSchema, {
      ...header,
      graph: { name: 'g', initializer: [secret, fine] },
    });
    const model = await readModel(toBinary(ModelProtoSchema, message));
    const [, value] = model.graph.initializers;
    expect(await value.initializer?.read()).toEqual(new Uint8Array([0, 0, 128, 63]));
    expect(Buffer.from(await modelToBytes(model)).includes(Buffer.from(encodeTag(50000, 0)))).toBe(false);
  });
});
