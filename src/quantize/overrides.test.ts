import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { type GivenOptions, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { addNamedConv, addRelu } from '../testing/small-nets.ts';
import { sqnrOf } from '../testing/sqnr-of.ts';
import { f32 } from '../testing/tensors.ts';
import type { Override } from './overrides.ts';

const runner = await ortNode();
const same = [4, 4] as const;

/** first → relu → second → third */
function chain(): Model {
  const b = new GraphBuilder();
  const first = addRelu(b, 'relu', addNamedConv(b, 'first', b.input('x', [1, 4, 8, 8]), same));
  return b.model(13, addNamedConv(b, 'third', addNamedConv(b, 'second', first, same), same));
}

const quantized = (overrides: Override[], options: GivenOptions = {}) =>
  quantizeGraph(runner, chain(), { overrides, ...options });

function layer({ graph }: Model, name: string): Node {
  const found = [...graph.nodes].find((node) => node.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

/** Type of the codes a value is decoded from. */
function codesOf(value: Value | undefined): string | undefined {
  const codes = value?.producer?.inputs[0];
  return codes?.initializer?.dtype ?? value?.producer?.inputs[2]?.initializer?.dtype;
}

/** Types of the data and weight that each layer reads, and of what it hands on. */
function formats(model: Model): Record<string, (string | undefined)[]> {
  return Object.fromEntries(
    ['first', 'second', 'third'].map((name) => {
      const node = layer(model, name);
      const encoder = node.output.uses[0]?.node;
      return [
        name,
        [codesOf(node.inputs[0]), codesOf(node.inputs[1]), encoder?.inputs[2]?.initializer?.dtype],
      ];
    }),
  );
}

describe('overrides', () => {
  it('none: the general options', async () => {
    expect(formats((await quantized([])).model)).toEqual({
      first: ['uint8', 'int8', 'uint8'],
      second: ['uint8', 'int8', 'uint8'],
      third: ['uint8', 'int8', 'uint8'],
    });
  });

  it('activations: the layer reads and hands on that format; its neighbours get theirs, recoded', async () => {
    const { model, layers } = await quantized([{ match: 'second', activations: 'uint16' }]);
    expect(formats(model)).toEqual({
      first: ['uint8', 'int8', 'uint8'],
      second: ['uint16', 'int8', 'uint16'],
      third: ['uint8', 'int8', 'uint8'],
    });
    expect(layers.map(({ state }) => state)).toEqual(['quantized', 'quantized', 'quantized']);
    // At either border: decoded, and coded anew.
    const recoded = [...model.graph.nodes].filter(
      ({ opType, inputs }) =>
        opType === 'QuantizeLinear' && inputs[0]?.producer?.opType === 'DequantizeLinear',
    );
    expect(recoded).toHaveLength(2);
    expect(model.opset).toBe(21);
    const feeds = { x: f32([1, 4, 8, 8], 'feeds') };
    const [float, integer] = [
      await runOptimized(runner, chain(), feeds),
      await runOptimized(runner, model, feeds),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(30);
  });

  it('what is made in float is coded for each format on its own', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 8, 8]);
    const net = b.model(13, b.node('Sub', [addNamedConv(b, 'a', x, same), addNamedConv(b, 'c', x, same)]));
    const { model } = await quantizeGraph(runner, net, {
      overrides: [{ match: 'c', activations: 'uint16' }],
    });
    const encoders = model.graph.inputs[0].uses.map(({ node }) => [
      node.opType,
      node.inputs[2]?.initializer?.dtype,
    ]);
    expect(encoders).toEqual([
      ['QuantizeLinear', 'uint8'],
      ['QuantizeLinear', 'uint16'],
    ]);
    expect(model.graph.outputs).toHaveLength(1);
  });

  it('weights and granularity: of the layer alone', async () => {
    const { model } = await quantized([{ match: 'second', weights: 'uint8', granularity: 'tensor' }]);
    expect(formats(model).second).toEqual(['uint8', 'uint8', 'uint8']);
    expect(layer(model, 'second').inputs[1]?.producer?.inputs[1]?.initializer?.shape).toEqual([]);
    expect(layer(model, 'third').inputs[1]?.producer?.inputs[1]?.initializer?.shape).toEqual([4]);
  });

  it('range, by the layer or by the clamp it absorbs', async () => {
    for (const match of ['first', 'relu', 'type:Relu']) {
      const { model, warnings } = await quantized([{ match, range: [0, 2.55] }]);
      const encoder = layer(model, 'first').output.uses[0].node;
      const { data } = { data: await encoder.inputs[1]?.initializer?.read() };
      expect(new Float32Array(data?.slice().buffer ?? new ArrayBuffer(0))[0]).toBe(Math.fround(0.01));
      expect(warnings).toEqual([]);
    }
  });

  it('symmetric: the grid is centred on zero', async () => {
    const { model } = await quantized([{ match: 'second', symmetric: true }]);
    const zero = await layer(model, 'second').output.uses[0].node.inputs[2]?.initializer?.read();
    expect(zero?.[0]).toBe(128);
  });

  it('observer: of what the layer hands on', async () => {
    const scale = async (overrides: Override[]) => {
      const { model } = await quantized(overrides);
      const bytes = await layer(model, 'second').output.uses[0].node.inputs[1]?.initializer?.read();
      return new Float32Array(bytes?.slice().buffer ?? new ArrayBuffer(0))[0];
    };
    expect(await scale([{ match: 'second', observer: 'percentile:90' }])).toBeLessThan(
      (await scale([])) * 0.8,
    );
  });

  it('float, with the reason', async () => {
    const { layers } = await quantized([{ match: 'second', float: true }]);
    expect(layers.find(({ name }) => name === 'second')).toMatchObject({
      state: 'float',
      reason: 'left in float by override second',
    });
  });

  it('of two that speak of one thing, the later wins; what only the former says stays', async () => {
    const { model } = await quantized([
      { match: '*', weights: 'uint8', granularity: 'tensor' },
      { match: 'third', weights: 'int8' },
    ]);
    expect(formats(model).third[1]).toBe('int8');
    expect(formats(model).second[1]).toBe('uint8');
    expect(layer(model, 'third').inputs[1]?.producer?.inputs[1]?.initializer?.shape).toEqual([]);
  });

  it('a pattern that matches nothing is an error', async () => {
    await expect(quantized([{ match: 'fourth', float: true }])).rejects.toMatchObject({
      code: 'pattern-without-match',
    });
  });

  it('warns where nothing it says applies', async () => {
    const { warnings } = await quantized([
      { match: 'relu', weights: 'uint8' },
      { match: 'second', weights: 'uint8' },
    ]);
    expect(warnings.map(({ code, where }) => [code, where])).toEqual([['override-without-effect', 'relu']]);
  });

  it('a format the mode does not give is refused by name', async () => {
    await expect(quantized([{ match: 'second', weights: 'int16' }])).rejects.toMatchObject({
      code: 'format-not-of-mode',
      got: 'int16',
    });
  });

  it('the resolved options hold them, and give the same model again', async () => {
    const first = await quantized([{ match: 'second', weights: 'uint8' }]);
    expect(first.resolved.overrides).toEqual([{ match: 'second', weights: 'uint8' }]);
    const again = await quantizeGraph(runner, chain(), first.resolved);
    expect(await modelToBytes(again.model)).toEqual(await modelToBytes(first.model));
  });
});
