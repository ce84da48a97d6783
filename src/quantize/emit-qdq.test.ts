import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { printModel } from '../onnx/text/print-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { type GivenOptions, quantizeGraph } from '../testing/quantize-graph.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';
import { int64 } from '../testing/tensors.ts';

const runner = await ortNode();
const same = [4, 4] as const;

/** The nodes of the quantized model, one a line. */
async function emitted(model: Model, options: GivenOptions = {}): Promise<string[]> {
  const result = await quantizeGraph(runner, model, { biasCorrection: false, ...options });
  const text = await printModel(result.model);
  const nodes = text.slice(text.lastIndexOf('{\n') + 2, text.lastIndexOf('}'));
  return nodes
    .trim()
    .split('\n')
    .map((line) => line.trim());
}

function net(make: (b: GraphBuilder, x: Value) => Value | Value[]): Model {
  const b = new GraphBuilder();
  const made = make(b, b.input('x', [1, 4, 6, 6]));
  return b.model(13, ...(Array.isArray(made) ? made : [made]));
}

const conv = (b: GraphBuilder, name: string, x: Value) => addNamedConv(b, name, x, same, { kernel: 1 });

describe('emitQdq', () => {
  it('conv → relu → pool → conv: the pool moves codes, on one grid', async () => {
    const model = net((b, x) => {
      const pooled = b.node('MaxPool', [addRelu(b, 'relu', conv(b, 'a', x))], {
        name: 'pool',
        outputs: ['pooled'],
        attributes: { kernel_shape: [2, 2] },
      });
      return conv(b, 'd', pooled);
    });
    expect(await emitted(model)).toMatchInlineSnapshot(`
      [
        ""x/q" = QuantizeLinear (x, "x/s", zero_uint8_115)",
        ""x/dq" = DequantizeLinear ("x/q", "x/s", zero_uint8_115)",
        ""a.w/dq" = DequantizeLinear <axis = 0> ("a.w/q", "a.w/s")",
        ""a.b/dq" = DequantizeLinear <axis = 0> ("a.b/q", "a.b/s")",
        "[a] relu_out = Conv <pads = [0, 0, 0, 0]> ("x/dq", "a.w/dq", "a.b/dq")",
        ""relu_out/q" = QuantizeLinear (relu_out, "relu_out/s", zero_uint8_0)",
        "[pool] "pooled/q" = MaxPool <kernel_shape = [2, 2]> ("relu_out/q")",
        ""pooled/dq" = DequantizeLinear ("pooled/q", "relu_out/s", zero_uint8_0)",
        ""d.w/dq" = DequantizeLinear <axis = 0> ("d.w/q", "d.w/s")",
        ""d.b/dq" = DequantizeLinear <axis = 0> ("d.b/q", "d.b/s")",
        "[d] "d_out/float" = Conv <pads = [0, 0, 0, 0]> ("pooled/dq", "d.w/dq", "d.b/dq")",
        ""d_out/q" = QuantizeLinear ("d_out/float", "d_out/s", zero_uint8_137)",
        "d_out = DequantizeLinear ("d_out/q", "d_out/s", zero_uint8_137)",
      ]
    `);
  });

  it('a residual: one Q/DQ pair serves both readers; the Gemm at the end hands out floats', async () => {
    const model = net((b, x) => {
      const first = addRelu(b, 'relu', conv(b, 'a', x));
      const sum = b.node('Add', [conv(b, 'c', first), first], { name: 'sum', outputs: ['sum_out'] });
      const flat = b.node('Reshape', [sum, b.constant('shape', int64([1, -1]))], {
        name: 'flat',
        outputs: ['flat_out'],
      });
      return b.node('Gemm', [flat, b.weights('w', [144, 3])], { name: 'head', outputs: ['scores'] });
    });
    expect(await emitted(model)).toMatchInlineSnapshot(`
      [
        ""x/q" = QuantizeLinear (x, "x/s", zero_uint8_115)",
        ""x/dq" = DequantizeLinear ("x/q", "x/s", zero_uint8_115)",
        ""a.w/dq" = DequantizeLinear <axis = 0> ("a.w/q", "a.w/s")",
        ""a.b/dq" = DequantizeLinear <axis = 0> ("a.b/q", "a.b/s")",
        "[a] relu_out = Conv <pads = [0, 0, 0, 0]> ("x/dq", "a.w/dq", "a.b/dq")",
        ""relu_out/q" = QuantizeLinear (relu_out, "relu_out/s", zero_uint8_0)",
        ""relu_out/dq" = DequantizeLinear ("relu_out/q", "relu_out/s", zero_uint8_0)",
        ""c.w/dq" = DequantizeLinear <axis = 0> ("c.w/q", "c.w/s")",
        ""c.b/dq" = DequantizeLinear <axis = 0> ("c.b/q", "c.b/s")",
        "[c] c_out = Conv <pads = [0, 0, 0, 0]> ("relu_out/dq", "c.w/dq", "c.b/dq")",
        ""c_out/q" = QuantizeLinear (c_out, "c_out/s", zero_uint8_90)",
        ""c_out/dq" = DequantizeLinear ("c_out/q", "c_out/s", zero_uint8_90)",
        "[sum] sum_out = Add ("c_out/dq", "relu_out/dq")",
        ""sum_out/q" = QuantizeLinear (sum_out, "sum_out/s", zero_uint8_63)",
        "[flat] "flat_out/q" = Reshape ("sum_out/q", shape)",
        ""flat_out/dq" = DequantizeLinear ("flat_out/q", "sum_out/s", zero_uint8_63)",
        ""w/dq" = DequantizeLinear ("w/q", "w/s", zeros_int8_3)",
        "[head] scores = Gemm ("flat_out/dq", "w/dq")",
      ]
    `);
  });

  it('a float layer in between, and an output in the middle', async () => {
    const model = net((b, x) => {
      const first = conv(b, 'a', x);
      return [conv(b, 'd', addRelu(b, 'relu', conv(b, 'c', first))), first];
    });
    expect(await emitted(model, { exclude: ['c'] })).toMatchInlineSnapshot(`
      [
        ""x/q" = QuantizeLinear (x, "x/s", zero_uint8_115)",
        ""x/dq" = DequantizeLinear ("x/q", "x/s", zero_uint8_115)",
        ""a.w/dq" = DequantizeLinear <axis = 0> ("a.w/q", "a.w/s")",
        ""a.b/dq" = DequantizeLinear <axis = 0> ("a.b/q", "a.b/s")",
        "[a] "a_out/float" = Conv <pads = [0, 0, 0, 0]> ("x/dq", "a.w/dq", "a.b/dq")",
        ""a_out/q" = QuantizeLinear ("a_out/float", "a_out/s", zero_uint8_115)",
        "a_out = DequantizeLinear ("a_out/q", "a_out/s", zero_uint8_115)",
        ""a_out/guard" = Max (a_out)",
        "[c] c_out = Conv <pads = [0, 0, 0, 0]> ("a_out/guard", "c.w", "c.b")",
        "[relu] relu_out = Relu (c_out)",
        ""relu_out/q" = QuantizeLinear (relu_out, "relu_out/s", zero_uint8_0)",
        ""relu_out/dq" = DequantizeLinear ("relu_out/q", "relu_out/s", zero_uint8_0)",
        ""d.w/dq" = DequantizeLinear <axis = 0> ("d.w/q", "d.w/s")",
        ""d.b/dq" = DequantizeLinear <axis = 0> ("d.b/q", "d.b/s")",
        "[d] "d_out/float" = Conv <pads = [0, 0, 0, 0]> ("relu_out/dq", "d.w/dq", "d.b/dq")",
        ""d_out/q" = QuantizeLinear ("d_out/float", "d_out/s", zero_uint8_129)",
        "d_out = DequantizeLinear ("d_out/q", "d_out/s", zero_uint8_129)",
      ]
    `);
  });

  it('a clamp that the grid does not imply stays, fed with codes', async () => {
    const model = net((b, x) =>
      conv(b, 'd', addClip(b, 'clip', addRelu(b, 'relu', conv(b, 'a', x)), 0.5, 6)),
    );
    expect(await emitted(model)).toMatchInlineSnapshot(`
      [
        ""x/q" = QuantizeLinear (x, "x/s", zero_uint8_115)",
        ""x/dq" = DequantizeLinear ("x/q", "x/s", zero_uint8_115)",
        ""a.w/dq" = DequantizeLinear <axis = 0> ("a.w/q", "a.w/s")",
        ""a.b/dq" = DequantizeLinear <axis = 0> ("a.b/q", "a.b/s")",
        "[a] relu_out = Conv <pads = [0, 0, 0, 0]> ("x/dq", "a.w/dq", "a.b/dq")",
        ""relu_out/q" = QuantizeLinear (relu_out, "clip_out/s", zero_uint8_0)",
        ""relu_out/dq" = DequantizeLinear ("relu_out/q", "clip_out/s", zero_uint8_0)",
        "[clip] clip_out = Clip ("relu_out/dq", "clip.min", "clip.max")",
        ""clip_out/q" = QuantizeLinear (clip_out, "clip_out/s", zero_uint8_0)",
        ""clip_out/dq" = DequantizeLinear ("clip_out/q", "clip_out/s", zero_uint8_0)",
        ""d.w/dq" = DequantizeLinear <axis = 0> ("d.w/q", "d.w/s")",
        ""d.b/dq" = DequantizeLinear <axis = 0> ("d.b/q", "d.b/s")",
        "[d] "d_out/float" = Conv <pads = [0, 0, 0, 0]> ("clip_out/dq", "d.w/dq", "d.b/dq")",
        ""d_out/q" = QuantizeLinear ("d_out/float", "d_out/s", zero_uint8_128)",
        "d_out = DequantizeLinear ("d_out/q", "d_out/s", zero_uint8_128)",
      ]
    `);
  });

  it('arm64, per tensor: signed activations', async () => {
    const options = { target: 'arm64', granularity: 'tensor' } as const;
    expect(
      await emitted(
        net((b, x) => conv(b, 'a', x)),
        options,
      ),
    ).toMatchInlineSnapshot(`
      [
        ""x/q" = QuantizeLinear (x, "x/s", "zero_int8_-13")",
        ""x/dq" = DequantizeLinear ("x/q", "x/s", "zero_int8_-13")",
        ""a.w/dq" = DequantizeLinear ("a.w/q", "a.w/s")",
        ""a.b/dq" = DequantizeLinear ("a.b/q", "a.b/s")",
        "[a] "a_out/float" = Conv <pads = [0, 0, 0, 0]> ("x/dq", "a.w/dq", "a.b/dq")",
        ""a_out/q" = QuantizeLinear ("a_out/float", "a_out/s", "zero_int8_-13")",
        "a_out = DequantizeLinear ("a_out/q", "a_out/s", "zero_int8_-13")",
      ]
    `);
  });
});

describe('shared weights', () => {
  async function codesAndReaders(model: Model, options: GivenOptions = {}) {
    const { model: result } = await quantizeGraph(runner, model, { biasCorrection: false, ...options });
    const decoders = [...result.graph.nodes].filter(
      (node) => node.opType === 'DequantizeLinear' && node.inputs[0]?.initializer?.dtype === 'int8',
    );
    return decoders.map((node) => [node.inputs[0]!.name, node.output.uses.map((use) => use.node.name)]);
  }

  it('are coded once where their scales agree', async () => {
    const model = net((b, x) => {
      const w = b.weights('w', [4, 4, 1, 1]);
      return b.node('Conv', [b.node('Conv', [x, w], { name: 'a' }), w], { name: 'd' });
    });
    expect(await codesAndReaders(model)).toEqual([['w/q', ['a', 'd']]]);
  });

  it('twice where a bias raises the scale of one', async () => {
    const model = net((b, x) => {
      const w = b.weights('w', [4, 4, 1, 1]);
      const bias = b.constant('bias', { dtype: 'float', shape: [4], data: Float32Array.of(0, 0, 0, 3e8) });
      return b.node('Conv', [b.node('Conv', [x, w, bias], { name: 'a' }), w], { name: 'd' });
    });
    expect(await codesAndReaders(model)).toEqual([
      ['w/q', ['a']],
      ['w/q_1', ['d']],
    ]);
  });

  it('twice where one layer reads it transposed', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [4, 4]);
    const first = b.node('Gemm', [b.input('x', [1, 4]), w], { name: 'a' });
    const model = b.model(13, b.node('Gemm', [first, w], { name: 'd', attributes: { transB: 1 } }));
    expect(await codesAndReaders(model)).toHaveLength(2);
    // One scale for all is the same for both.
    expect(await codesAndReaders(model, { granularity: 'tensor' })).toEqual([['w/q', ['a', 'd']]]);
  });

  it('a weight that is an output too stays beside its codes', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [4, 4, 1, 1]);
    const y = b.node('Conv', [b.input('x', [1, 4, 6, 6]), w], { name: 'a' });
    const { model } = await quantizeGraph(runner, b.model(13, y, w));
    expect([...model.graph.initializers].map(({ name }) => name)).toContain('w');
    expect(model.graph.outputs.map(({ name }) => name)).toEqual([y.name, 'w']);
  });
});
