import { describe, expect, test } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import { brokenLinks } from '../../testing/broken-links.ts';
import type { Graph } from '../ir/graph.ts';
import { readTensorSource } from '../ir/read-tensor-source.ts';
import { parseModel } from './parse-model.ts';

const HEADER = '<ir_version: 8, opset_import: ["" : 13, "com.microsoft" : 1]>\n';

function graphOf(text: string): Graph {
  return parseModel(HEADER + text).graph;
}

function firstNode(text: string) {
  const [node] = graphOf(text).nodes;
  return node;
}

/** The attribute `a` of a node written with it. */
function attribute(text: string) {
  return firstNode(`g (float x) => (y) { y = Op <a${text}> (x) }`).attributes.get('a');
}

function initializer(text: string) {
  const [value] = graphOf(`g () => (w) <${text}> {}`).initializers;
  return value;
}

function errorOf(parse: () => unknown): PareError {
  try {
    parse();
  } catch (error) {
    if (error instanceof PareError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

describe('parseModel', () => {
  test('reads the header', () => {
    const model = parseModel(
      `<ir_version: 9, opset_import: ["ai.onnx" : 17, "b" : 2], producer_name: "p", producer_version: "1",
        domain: "d", model_version: 3, doc_string: "a \\"b\\" \\\\", metadata_props: ["k": "v", "l": ""]>
       g () => () {}`,
    );
    expect([model.irVersion, model.producerName, model.producerVersion]).toEqual([9, 'p', '1']);
    expect([model.domain, model.modelVersion, model.docString]).toEqual(['d', 3n, 'a "b" \\']);
    expect([...model.opsetImports]).toEqual([
      ['', 17],
      ['b', 2],
    ]);
    expect([...model.metadata]).toEqual([
      ['k', 'v'],
      ['l', ''],
    ]);
  });

  test('links nodes in any order, with left-out names and values of outer graphs', () => {
    const graph = graphOf(`g (float[N] x, bool c) => (float[N] z) {
      [second] z = If (c) <then_branch = t () => (float[N] o) { o = Add (y, x) }, else_branch = e () => (y) {}>
      [first] y, , r = com.microsoft.Foo (x, , "") # and a comment
    }`);
    expect(brokenLinks(graph)).toEqual([]);
    const [second, first] = graph.nodes;
    expect(first.outputs.map((value) => value?.name)).toEqual(['y', undefined, 'r']);
    expect(first.inputs).toEqual([graph.inputs[0], undefined, undefined]);
    expect([first.domain, first.opType, first.name]).toEqual(['com.microsoft', 'Foo', 'first']);
    const [then, otherwise] = second.subgraphs();
    expect([...then.nodes][0].inputs).toEqual([first.outputs[0], graph.inputs[0]]);
    expect(otherwise.outputs).toEqual([first.outputs[0]]);
    expect(then.owner).toBe(second);
  });

  test.each([
    [' = 1', { type: 'INT', value: 1n }],
    [' = -9223372036854775808', { type: 'INT', value: -(2n ** 63n) }],
    [': float = 1', { type: 'FLOAT', value: 1 }],
    [' = 0.1', { type: 'FLOAT', value: Math.fround(0.1) }],
    [' = 1e3', { type: 'FLOAT', value: 1000 }],
    [' = -inf', { type: 'FLOAT', value: -Infinity }],
    [' = "a"', { type: 'STRING', value: new TextEncoder().encode('a') }],
    [' = [1, -2]', { type: 'INTS', value: [1n, -2n] }],
    [': ints = []', { type: 'INTS', value: [] }],
    [': floats = [1, 2.5]', { type: 'FLOATS', value: [1, 2.5] }],
    [' = [1.0, 2]', undefined],
    [' = ["a"]', { type: 'STRINGS', value: [new TextEncoder().encode('a')] }],
  ])('attribute a%s', (text, expected) => {
    if (expected) expect(attribute(text)).toEqual(expected);
    else expect(() => attribute(text)).toThrow('mixed types');
  });

  test.each([
    ['float[2] w = {1, -2.5}', new Float32Array([1, -2.5])],
    ['double w = {0.1}', new Float64Array([0.1])],
    [
      'int64[2] w = {-9223372036854775808, 9223372036854775807}',
      new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]),
    ],
    ['int32[1] w = {-2147483648}', new Int32Array([-(2 ** 31)])],
    ['int8[2] w = {-128, 127}', new Int8Array([-128, 127])],
    ['uint8[2] w = {0, 255}', new Uint8Array([0, 255])],
    ['bool[2] w = {0, 1}', new Uint8Array([0, 1])],
    ['float16[1] w = {15360}', new Uint16Array([0x3c00])],
    ['int4[3] w = {-8, 7, -1}', new Uint8Array([0x78, 0x0f])],
    ['uint2[5] w = {3, 2, 1, 0, 1}', new Uint8Array([0b00011011, 0b01])],
    ['float[0] w = {}', new Float32Array([])],
  ])('initializer %s', async (text, expected) => {
    const value = initializer(text);
    if (!value.initializer) throw new Error('no tensor');
    expect((await readTensorSource(value.initializer)).data).toEqual(expected);
    expect(value.type).toEqual({
      kind: 'tensor',
      dtype: value.initializer.dtype,
      shape: value.initializer.shape,
    });
  });

  test('dimensions: lengths, symbols, unknown ones, unknown ranks', () => {
    const types = graphOf('g (float[2,N,"a b",?] x, float y, float[] z, u) => () {}').inputs.map(
      ({ type }) => type,
    );
    expect(types).toEqual([
      { kind: 'tensor', dtype: 'float', shape: [2, 'N', 'a b', null] },
      { kind: 'tensor', dtype: 'float', shape: [] },
      { kind: 'tensor', dtype: 'float', shape: undefined },
      undefined,
    ]);
  });

  test('an initializer may be an input too, and an input may have a default', () => {
    const graph = graphOf('g (float[1] w, float[1] v = {3}) => (w) <float[1] w = {2}> {}');
    expect([...graph.initializers]).toEqual([graph.inputs[1], graph.inputs[0]]);
  });

  test.each([
    ['g (float x) => (float y) {\n  y = Relu (q)\n}', 3, 13, '"q" is read, but nothing makes it'],
    ['g (float x) => (float y) {\n  y = Relu x\n}', 3, 12, '"(" is missing before the inputs of a node'],
    ['g (float x) => (y) {\n  x = Relu (x)\n}', 3, 3, '"x" is made twice'],
    ['g (float x, float x) => (x) {}', 2, 19, '"x" is made twice'],
    ['g () => (w) <int8 w = {128}> {}', 2, 24, '128 is no int8'],
    ['g () => (w) <bool w = {2}> {}', 2, 24, '2 is no bool'],
    ['g () => (w) <int8 w = {1.0}> {}', 2, 24, '1.0 is no int8'],
    ['g () => (w) <float w = {"a"}> {}', 2, 25, 'a float cannot be a string'],
    ['g () => (w) <float[2] w = {1}> {}', 2, 23, 'float[2] needs 2 values, but there are 1'],
    ['g () => (w) <float[N] w = {1}> {}', 2, 23, 'a tensor with values needs a shape of numbers'],
    ['g () => (w) <float[9] w = {…}> {}', 2, 28, 'the values were left out'],
    ['g (seq(float) x) => (x) {}', 2, 4, '"seq" is no tensor type'],
    ['g (float x) => (x) <float q> {}', 2, 27, '"q" is described, but nothing makes it'],
    ['g (float x) => (x) {', 2, 21, '"=" is missing behind the outputs of a node'],
    ['g (float x) => (x) { y = Op <a = 1, a = 2> (x) }', 2, 37, 'attribute "a" is given twice'],
    ['g (float x) => (x) { y = Op <a: int = 1.5> (x) }', 2, 31, 'a int is announced, but it is a float'],
    ['g (float x) => (x) { y = Op <a = []> (x) }', 2, 35, 'an empty list needs a type'],
    [
      'g (float x) => (x) { y = Op <a = @b> (x) }',
      2,
      34,
      'a reference to an attribute belongs into a function',
    ],
    ['g (float x) => (x) { y = Op <a = "b> (x) }', 2, 34, 'a string has no end'],
    ['g (float x) => (x) {} <domain: "d"> f () => () {}', 2, 23, 'functions are not read'],
  ])('refuses %j at line %i, column %i', (text, line, column, reason) => {
    const error = errorOf(() => parseModel(HEADER + text, 'test text'));
    expect(error.code).toBe('bad-model-text');
    expect(error.message).toContain(`In the test text, line ${line}, column ${column}: ${reason}`);
    expect(error.where).toBe(`test text:${line}:${column}`);
  });

  test('refuses graphs nested beyond reason, cycles and domains not imported', () => {
    const deep = `${'y = If (c) <b = g () => () { '.repeat(200)}`;
    expect(errorOf(() => graphOf(`g (bool c) => () { ${deep}`)).message).toContain(
      'nested more than 100 deep',
    );
    const cycle = errorOf(() => graphOf('g () => (a) { a = Op (b) b = Op (a) }'));
    expect([cycle.code, cycle.message]).toEqual([
      'broken-model',
      expect.stringContaining('depends on itself'),
    ]);
    expect(errorOf(() => graphOf('g () => (a) { a = x.Op () }')).message).toContain('of domain "x"');
  });
});
