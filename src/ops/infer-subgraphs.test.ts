import { describe, expect, it } from 'vitest';
import { valuesOf } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import { parseModel } from '../onnx/text/parse-model.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { inferTypes } from './infer-types.ts';

const HEADER = '<ir_version: 8, opset_import: ["" : 16]> ';

/** Inferred shapes by value name; bodies' values too. */
async function shapesIn(model: Model): Promise<Record<string, unknown>> {
  const types = await inferTypes(model, { ignoreStated: true });
  return Object.fromEntries([...valuesOf(model.graph)].map((value) => [value.name, types.get(value)?.shape]));
}

describe('inferTypes in bodies', () => {
  it('If: values around are seen, lengths in which branches differ are unknown', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (bool c, float[n, 4] x, float[4, 5] a, float[4, 6] b) => (float z, float w) {
        z, w = If (c) <
          then_branch = t () => (float p, float q) { p = MatMul (x, a)  q = Relu (x) },
          else_branch = e () => (float r, float s) { r = MatMul (x, b)  s = Neg (x) }
        >
      }`),
    );
    expect(shapes).toMatchObject({ p: ['n', 5], r: ['n', 6], z: ['n', null], w: ['n', 4] });
  });

  it('If: a condition that shapes decide chooses the branch', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (float[n, 1, 4] x) => (float y, float z)
        <int64 second = {1}, int64 one = {1}, int64 first = {0}, int64[1] axis = {1}> {
        s = Shape (x)
        length = Gather (s, second)
        is_one = Equal (length, one)
        y = If (is_one) <
          then_branch = t () => (float p) { p = Squeeze (x, axis) },
          else_branch = e () => (float q) { q = Identity (x) }
        >
        batch = Gather (s, first)
        is_single = Equal (batch, one)
        z = If (is_single) <
          then_branch = u () => (float r) { r = Squeeze (x, axis) },
          else_branch = v () => (float w) { w = Identity (x) }
        >
      }`),
    );
    expect(shapes).toMatchObject({ y: ['n', 4], z: undefined });
  });

  it('Loop: what is carried may change its shape, what is collected gets an axis', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (int64 m, bool c, float[2, 3] x) => (float y, float all) {
        y, all = Loop (m, c, x) <body = b (int64 i, bool go, float v) => (bool again, float next, float row) {
          again = Identity (go)
          next = Concat <axis = 0> (v, x)
          row = ReduceSum <keepdims = 0> (x)
        }>
      }`),
    );
    expect(shapes).toMatchObject({ i: [], go: [], v: undefined, row: [], all: [null], y: [null, 3] });
  });

  it('Scan: takes slices in, stacks them again', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (float[3] h, float[7, 3] x) => (float last, float all) {
        last, all = Scan <num_scan_inputs = 1, body = b (float s, float v) => (float t, float o) {
          t = Add (s, v)
          o = Identity (t)
        }> (h, x)
      }`),
    );
    expect(shapes).toMatchObject({ s: [3], v: [3], t: [3], last: [3], all: [7, 3] });
  });

  it('calls of the model’s functions are unknown, what is stated of them counts', async () => {
    const b = new GraphBuilder();
    const called = b.node('F', [b.input('x', [2])], { domain: 'mine' });
    called.type = { kind: 'tensor', dtype: 'float', shape: [9] };
    const y = b.node('Relu', [called]);
    const model = b.model(16, y);
    expect((await inferTypes(model)).get(y)?.shape).toEqual([9]);
  });
});

describe('inferTypes of shape arithmetic', () => {
  it('follows single lengths from Shape to Reshape', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (float[n, 4, 6] x) => (float y, float z)
        <int64[1] zero = {0}, int64[1] one = {1}, int64[1] rest = {-1}, int64 first = {0}> {
        s = Shape (x)
        n1 = Slice (s, zero, one)
        wanted = Concat <axis = 0> (n1, rest)
        y = Reshape (x, wanted)
        g0 = Gather (s, first)
        u = Unsqueeze (g0, zero)
        wider = Concat <axis = 0> (one, u, rest)
        z = Reshape (x, wider)
      }`),
    );
    expect(shapes).toMatchObject({ y: ['n', 24], z: [1, 'n', 24] });
  });

  it('chooses lengths as exporters write Expand: −1 keeps a length', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (float[n, 4, 1] x) => (float y)
        <int64[3] wanted = {-1, 4, 6}, int64 minus = {-1}> {
        s = Shape (x)
        rank = Shape (s)
        ones = ConstantOfShape <value = int64[1] {1}> (rank)
        minuses = Mul (ones, minus)
        is_kept = Equal (wanted, minuses)
        lengths = Where (is_kept, s, wanted)
        y = Expand (x, lengths)
      }`),
    );
    expect(shapes).toMatchObject({ y: ['n', 4, 6] });
  });

  it('counts the steps of a Range over numbers cast to float, but never divides them as integers', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (float[7, 2] x) => (float y, float z)
        <int64 first = {0}, float zero = {0}, float one = {1}, float two = {2}> {
        s = Shape (x)
        n = Gather (s, first)
        f = Cast <to = 1> (n)
        y = Range (zero, f, one)
        half = Div (f, two)
        z = Range (zero, half, one)
      }`),
    );
    expect(shapes).toMatchObject({ y: [7], z: [null] });
  });

  it('reckons with numbers', async () => {
    const shapes = await shapesIn(
      parseModel(`${HEADER} g (float[2, 8] x) => (float y) <int64 at = {1}, int64 two = {2}, int64[1] zero = {0}> {
        s = Shape (x)
        c = Gather (s, at)
        half = Div (c, two)
        h1 = Unsqueeze (half, zero)
        e = ConstantOfShape (h1)
        y = Identity (e)
      }`),
    );
    expect(shapes).toMatchObject({ y: [4] });
  });
});
