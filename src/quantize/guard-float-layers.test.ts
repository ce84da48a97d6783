import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { optimizedOperators, quantizeGraph } from '../testing/quantize-graph.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';

const runner = await ortNode();
const same = [4, 4] as const;

/** Convolutions "first" and "last" around what is given. */
function around(make: (b: GraphBuilder, x: Value) => Value): Model {
  const b = new GraphBuilder();
  const x = addNamedConv(b, 'first', b.input('x', [1, 4, 6, 6]), same);
  return b.model(13, addNamedConv(b, 'last', make(b, x), same));
}

async function quantized(model: Model, exclude: string[]) {
  const { model: result, warnings } = await quantizeGraph(runner, model, { exclude });
  const guarded = warnings.filter(({ code }) => code === 'guarded').map(({ where }) => where);
  return { result, guarded, codes: new Set(warnings.map(({ code }) => code)) };
}

/** Takes every guard out again. */
function withoutGuards({ graph }: Model): void {
  for (const node of graph.nodes) {
    if (node.opType !== 'Max') continue;
    node.output.replaceUses(node.inputs[0]!);
    graph.remove(node);
  }
}

/** Layers whose weight the engine decodes, in the graph it makes of the model. */
async function layersOfDecodedWeights(model: Model): Promise<number> {
  const { graph } = await readModel(await runner.optimize(await modelToBytes(model), 'basic'));
  return [...graph.nodes].filter((node) => node.inputs[1]?.producer?.opType === 'DequantizeLinear').length;
}

const conv = (b: GraphBuilder, x: Value) => addNamedConv(b, 'c', x, same);

describe('a float layer between quantized ones', () => {
  it.each([
    ['alone', conv],
    ['with Relu', (b: GraphBuilder, x: Value) => addRelu(b, 'r', conv(b, x))],
    ['with Clip', (b: GraphBuilder, x: Value) => addClip(b, 'r', conv(b, x), 0, 6)],
    [
      'with Relu and Clip',
      (b: GraphBuilder, x: Value) => addClip(b, 'q', addRelu(b, 'r', conv(b, x)), 0.1, 6),
    ],
    [
      'with a mover behind it, past which the engine moves the QuantizeLinear',
      (b: GraphBuilder, x: Value) =>
        b.node('Transpose', [conv(b, x)], { attributes: { perm: [0, 1, 3, 2] } }),
    ],
    ['depthwise', (b: GraphBuilder, x: Value) => addNamedConv(b, 'c', x, same, { attributes: { group: 4 } })],
  ])('needs the guard: %s', async (_, make) => {
    const model = around(make);
    const { result, guarded, codes } = await quantized(model, ['c']);
    expect(guarded).toEqual(['c']);
    expect([...codes]).toEqual(['guarded']);
    expect(await layersOfDecodedWeights(result)).toBe(2);
    // The guard is there for a reason.
    withoutGuards(result);
    expect(await layersOfDecodedWeights(result)).toBe(3);
  });

  it('whose activation costs no pass of its own: the QuantizeLinear behind it cuts', async () => {
    const { result } = await quantized(
      around((b, x) => addRelu(b, 'r', conv(b, x))),
      ['c'],
    );
    const operators = await optimizedOperators(runner, result);
    expect(operators).toMatchObject({ QLinearConv: 2, Conv: 1, Max: 1 });
    expect(operators.Relu).toBeUndefined();
  });

  it('Gemm too', async () => {
    const b = new GraphBuilder();
    const gemm = (name: string, x: Value) => b.node('Gemm', [x, b.weights(name, [4, 4])], { name });
    const decoded = b.node('Sigmoid', [gemm('a', b.input('x', [1, 4]))]);
    const model = b.model(13, gemm('d', addRelu(b, 'r', gemm('c', decoded))));
    const { result, guarded } = await quantized(model, ['c']);
    expect(guarded).toEqual(['c']);
    expect(await optimizedOperators(runner, result)).toMatchObject({ QGemm: 2, Max: 1 });
  });

  it('ConvTranspose too, which is never quantized', async () => {
    const model = around((b, x) => {
      const y = b.node('ConvTranspose', [x, b.weights('t.w', [4, 4, 1, 1])], { name: 't' });
      y.type = { kind: 'tensor', dtype: 'float', shape: [1, 4, 6, 6] };
      return y;
    });
    const { result, guarded } = await quantized(model, []);
    expect(guarded).toEqual(['t']);
    expect(await layersOfDecodedWeights(result)).toBe(2);
  });
});

describe('no guard', () => {
  it.each([
    [
      'between float layers',
      (b: GraphBuilder, x: Value) => conv(b, addNamedConv(b, 'c0', x, same)),
      ['c', 'c0'],
    ],
    ['behind a Tanh', (b: GraphBuilder, x: Value) => b.node('Tanh', [conv(b, x)]), ['c']],
    [
      'around a residual: the sum is float',
      (b: GraphBuilder, x: Value) => b.node('Add', [x, conv(b, x)]),
      ['c'],
    ],
  ])('%s', async (_, make, exclude) => {
    const { result, guarded } = await quantized(around(make), exclude);
    expect(guarded).toEqual([]);
    expect(await layersOfDecodedWeights(result)).toBe(2);
  });

  it('at the ends of a model', async () => {
    const model = around(conv);
    expect((await quantized(model, ['first'])).guarded).toEqual([]);
    expect((await quantized(model, ['last'])).guarded).toEqual([]);
  });
});

describe('a float operator that the engine has an integer kernel for', () => {
  it.each([
    ['Add', 'Add'],
    ['Mul', 'Mul'],
  ])('%s of two decoded values', async (opType, float) => {
    const { result, guarded } = await quantized(
      around((b, x) => b.node(opType, [x, conv(b, x)], { name: 'op' })),
      ['op'],
    );
    expect(guarded).toEqual(['op']);
    expect(await optimizedOperators(runner, result)).toMatchObject({ QLinearConv: 3, [float]: 1, Max: 1 });
  });

  it.each(['Sigmoid', 'LeakyRelu', 'GlobalAveragePool', 'Softmax'])('%s', async (opType) => {
    const { result, guarded } = await quantized(
      around((b, x) => b.node(opType, [x], { name: 'op' })),
      ['op'],
    );
    expect(guarded).toEqual(['op']);
    expect(await optimizedOperators(runner, result)).toMatchObject({ QLinearConv: 2, [opType]: 1, Max: 1 });
    withoutGuards(result);
    expect(await optimizedOperators(runner, result)).toMatchObject({ [`QLinear${opType}`]: 1 });
  });

  it('Gemm of two decoded values, whatever reads it', async () => {
    const b = new GraphBuilder();
    const gemm = (name: string, x: Value) => b.node('Gemm', [x, b.weights(`${name}.w`, [4, 4])], { name });
    const [p, q] = [gemm('p', b.input('x', [1, 4])), gemm('q', b.input('y', [1, 4]))];
    const product = b.node('Gemm', [p, q], { name: 'product', attributes: { transB: 1 } });
    const { result, guarded } = await quantized(b.model(13, product, gemm('r', p), gemm('s', q)), []);
    expect(guarded).toEqual(['product']);
    expect(await optimizedOperators(runner, result)).toMatchObject({ QGemm: 4, Gemm: 1 });
  });

  it('one guard serves all readers of a value', async () => {
    const { result, guarded } = await quantized(
      around((b, x) =>
        b.node('Concat', [b.node('Sigmoid', [x], { name: 's' }), b.node('LeakyRelu', [x], { name: 'l' })], {
          name: 'cat',
          attributes: { axis: 2 },
        }),
      ),
      ['s', 'l'],
    );
    expect(guarded).toEqual([]);
    expect(await optimizedOperators(runner, result)).toMatchObject({ Sigmoid: 1, LeakyRelu: 1, Concat: 1 });
  });
});
