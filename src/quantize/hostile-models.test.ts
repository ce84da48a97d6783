import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import {
  type GivenOptions,
  normalDataset,
  optimizedOperators,
  quantizeGraph,
  runOptimized,
} from '../testing/quantize-graph.ts';
import { runModel } from '../testing/run-model.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';
import { floats, int64 } from '../testing/tensors.ts';

const runner = await ortNode();
const same = [4, 4] as const;
/** Two or three layers of eight bits, on a sample they were calibrated with. */
const SQNR_DB = 25;

/** Quantizes; the result must load, keep its interface, and stay close to the float model. */
async function survives(model: Model, options: GivenOptions = {}) {
  const data = normalDataset(model, 6);
  const result = await quantizeGraph(runner, model, options, data);
  const interfaceOf = ({ graph }: Model) =>
    [graph.inputs, graph.outputs].map((list) => list.map(({ name }) => name));
  const initialized = new Set([...model.graph.initializers].map(({ name }) => name));
  const expected = interfaceOf(model);
  expect(interfaceOf(result.model)).toEqual([
    expected[0].filter((name) => !initialized.has(name)),
    expected[1],
  ]);
  for await (const { inputs } of data.batches({ batchSize: 1, indices: [0, 3] })) {
    const before = await runModel(runner, model, inputs);
    const after = await runOptimized(runner, result.model, inputs);
    for (const [name, { data: values, dtype }] of Object.entries(before)) {
      if (dtype !== 'float') continue;
      const errors = new ErrorStatistics();
      errors.add(values as Float32Array, after[name].data as Float32Array);
      expect(errors.sqnrDb).toBeGreaterThan(SQNR_DB);
    }
  }
  return { ...result, operators: await optimizedOperators(runner, result.model) };
}

function around(make: (b: GraphBuilder, x: Value) => Value, opset = 13): Model {
  const b = new GraphBuilder();
  const x = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
  return b.model(opset, addNamedConv(b, 'd', make(b, x), same));
}

describe('names', () => {
  it('that are those of new values, constants and nodes', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 3, 6, 6]);
    const weights = [b.weights('x/q', [4, 3, 1, 1]), b.weights('x/s', [4, 4, 1, 1])];
    const first = b.node('Conv', [x, weights[0]], { name: 'zero_uint8_0', outputs: ['x/dq'] });
    const second = b.node('Conv', [first, weights[1]], { name: 'x/q/s', outputs: ['x/dq/float'] });
    const third = addNamedConv(b, 'x/dq/guard', second, same);
    await survives(b.model(13, third, first), { exclude: ['x/q/s'] });
  });

  it('that are long, empty of letters, or markup', async () => {
    const b = new GraphBuilder();
    const x = b.input('x'.repeat(3000), [1, 4, 6, 6]);
    const odd = b.node('Conv', [x, b.weights(' ', [4, 4, 1, 1])], { outputs: ['\u0001\n<script>'] });
    await survives(b.model(13, addNamedConv(b, '__proto__', odd, same)));
  });

  it('of objects’ own properties, as inputs and outputs', async () => {
    const b = new GraphBuilder();
    const first = b.node('Conv', [b.input('constructor', [1, 4, 6, 6]), b.weights('w', [4, 4, 1, 1])], {
      name: 'toString',
      outputs: ['valueOf'],
    });
    await survives(b.model(13, first));
  });
});

describe('graphs', () => {
  it('an input that is an output', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    await survives(b.model(13, addNamedConv(b, 'a', x, same), x));
  });

  it('a layer that is read twice by one node, and makes an output', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const { operators } = await survives(b.model(13, addNamedConv(b, 'd', b.node('Add', [a, a]), same), a));
    expect(operators).toMatchObject({ QLinearConv: 2, QLinearAdd: 1 });
  });

  it('a mover that makes an output', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const moved = b.node('Transpose', [a], {
      name: 't',
      outputs: ['moved'],
      attributes: { perm: [0, 1, 3, 2] },
    });
    const { operators } = await survives(b.model(13, addNamedConv(b, 'd', moved, same), moved));
    expect(operators).toMatchObject({ QLinearConv: 2, Transpose: 1 });
  });

  it('MaxPool whose indices are an output', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const pool = b.nodeOf('MaxPool', [a], {
      outputs: ['p', 'indices'],
      attributes: { kernel_shape: [2, 2] },
    });
    const outputs = [addNamedConv(b, 'd', pool.output, same), pool.outputs[1]].filter((v) => v !== undefined);
    await survives(b.model(13, ...outputs));
  });

  it('a weight that is an output, and one that two kinds of layers share', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [4, 4]);
    const x = b.input('x', [1, 4]);
    const product = b.node('MatMul', [b.node('Gemm', [x, w], { name: 'g' }), w], { name: 'm' });
    await survives(b.model(13, product, w));
  });

  it('bodies that read quantized values from outside', async () => {
    const b = new GraphBuilder();
    const y = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const body = (opType: string) => {
      const inner = new GraphBuilder(opType);
      return inner.ends(inner.node(opType, [y], { outputs: [`${opType}_out`] }));
    };
    const condition = b.node('Greater', [b.input('c', [1]), b.constant('zero', floats([1], [0]))]);
    const branches = { then_branch: subgraph(body('Neg')), else_branch: subgraph(body('Abs')) };
    const chosen = b.node('If', [condition], { name: 'if', attributes: branches });
    await survives(b.model(13, addNamedConv(b, 'd', y, same), chosen));
  });

  it('bodies that read the output of a mover from outside', async () => {
    const b = new GraphBuilder();
    const y = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const moved = b.node('Transpose', [y], { outputs: ['moved'], attributes: { perm: [0, 1, 3, 2] } });
    const body = (opType: string) => {
      const inner = new GraphBuilder(opType);
      return inner.ends(inner.node(opType, [moved], { outputs: [`${opType}_out`] }));
    };
    const condition = b.node('Greater', [b.input('c', [1]), b.constant('zero', floats([1], [0]))]);
    const branches = { then_branch: subgraph(body('Neg')), else_branch: subgraph(body('Abs')) };
    const chosen = b.node('If', [condition], { attributes: branches });
    await survives(b.model(13, addNamedConv(b, 'd', moved, same), chosen));
  });

  it('layers fed by the caller', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const { layers } = await survives(
      b.model(13, b.node('Conv', [a, b.input('w', [1, 4, 1, 1])], { name: 'fed' })),
    );
    expect(layers.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'quantized'],
      ['fed', 'float'],
    ]);
  });
});

describe('clamps', () => {
  it.each([
    [
      'Relu with two readers',
      (b: GraphBuilder, x: Value) => {
        const r = addRelu(b, 'r', x);
        return b.node('Add', [r, b.node('Exp', [b.node('Neg', [r])])]);
      },
    ],
    ['Clip without a lower bound', (b: GraphBuilder, x: Value) => addClip(b, 'c', x, undefined, 0.5)],
    ['Clip without an upper bound', (b: GraphBuilder, x: Value) => addClip(b, 'c', x, -0.5)],
    ['Clip without bounds', (b: GraphBuilder, x: Value) => addClip(b, 'c', x)],
    ['Clip above 0', (b: GraphBuilder, x: Value) => addClip(b, 'c', x, 0.5, 3)],
    ['Clip below 0', (b: GraphBuilder, x: Value) => addClip(b, 'c', x, -3, -0.5)],
    [
      'Clip of bounds the wrong way round: all the upper one',
      (b: GraphBuilder, x: Value) => addClip(b, 'c', x, 3, -1),
    ],
    [
      'Relu, then Clip below 0: all the upper bound',
      (b: GraphBuilder, x: Value) => addClip(b, 'c', addRelu(b, 'r', x), -3, -1),
    ],
    ['Relu, then Clip', (b: GraphBuilder, x: Value) => addClip(b, 'c', addRelu(b, 'r', x), undefined, 1)],
  ])('%s', async (_, make) => {
    const { operators, layers } = await survives(around(make));
    expect(layers.filter(({ opType }) => opType === 'Conv').map(({ state }) => state)).toEqual([
      'quantized',
      'quantized',
    ]);
    expect(operators.QLinearConv).toBe(2);
  });

  it('Relu6 of a layer that is dead', async () => {
    const b = new GraphBuilder();
    const w = b.constant('w', floats([4, 4, 1, 1], new Array(16).fill(0)));
    const dead = addClip(b, 'c', b.node('Conv', [b.input('x', [1, 4, 6, 6]), w], { name: 'a' }), 0, 6);
    const { operators } = await survives(b.model(13, addNamedConv(b, 'd', dead, same)));
    expect(operators.QLinearConv).toBe(2);
  });
});

describe('numbers', () => {
  it('biases far larger than what the weights make', async () => {
    const b = new GraphBuilder();
    const bias = b.constant('bias', floats([4], [1e6, -1e6, 0, 1]));
    const x = b.input('x', [1, 4, 6, 6]);
    const first = b.node('Conv', [x, b.weights('w', [4, 4, 3, 3]), bias], { name: 'a' });
    await survives(b.model(13, first));
  });

  it('weights and data far from 1', async () => {
    for (const size of [1e-18, 1e18]) {
      const b = new GraphBuilder();
      const scaled = b.node('Mul', [b.input('x', [1, 4, 6, 6]), b.constant('size', floats([], [size]))]);
      await survives(
        b.model(
          13,
          addNamedConv(
            b,
            'd',
            addRelu(b, 'r', addNamedConv(b, 'a', scaled, same, { hasBias: false })),
            same,
            { hasBias: false },
          ),
        ),
      );
    }
  });

  it('channels of zeros', async () => {
    const b = new GraphBuilder();
    const w = b.constant('w', floats([2, 4, 1, 1], [0, 0, 0, 0, 1, 2, 3, 4]));
    await survives(b.model(13, b.node('Conv', [b.input('x', [1, 4, 6, 6]), w], { name: 'a' })));
  });
});

describe('operator sets', () => {
  it.each([
    [7, 3],
    [9, 4],
    [11, 6],
    [13, 7],
    [18, 8],
    [21, 10],
    [23, 10],
  ])('%d, file format %d', async (opset, irVersion) => {
    const model = around(
      (b, x) => b.node('MaxPool', [addRelu(b, 'r', x)], { attributes: { kernel_shape: [2, 2] } }),
      opset,
    );
    model.irVersion = irVersion;
    if (irVersion < 4) model.graph.inputs.push(...model.graph.initializers);
    const { operators, model: result } = await survives(model);
    expect(operators).toMatchObject({ QLinearConv: 2, MaxPool: 1 });
    expect(result.opset).toBe(Math.max(opset, 13));
  });
});

describe('products of stacked data', () => {
  it.each([[[5]], [[1, 5]], [[1, 1, 5]]])('MatMul → Add of %j keeps its integer kernel', async (shape) => {
    const b = new GraphBuilder();
    const first = b.node('MatMul', [b.input('x', [1, 3, 8]), b.weights('w', [8, 5])], { name: 'm' });
    const sum = b.node('Add', [b.weights('bias', shape), first], { name: 'sum' });
    const last = b.node('MatMul', [addRelu(b, 'r', sum), b.weights('v', [5, 6])], { name: 'n' });
    const { operators } = await survives(b.model(13, last));
    expect(operators).toMatchObject({ MatMulIntegerToFloat: 2, Add: 1 });
    expect(operators.Gemm).toBeUndefined();
  });

  it('also where the engine alone knows the shape of the data', async () => {
    const b = new GraphBuilder();
    const turned = b.node('Einsum', [b.input('x', [1, 3, 8])], { attributes: { equation: 'bij->bij' } });
    const first = b.node('MatMul', [turned, b.weights('w', [8, 5])], { name: 'm' });
    const { operators } = await survives(b.model(13, b.node('Add', [first, b.weights('bias', [5])])));
    expect(operators).toMatchObject({ MatMulIntegerToFloat: 1, Add: 1 });
  });

  it('a vector by a matrix keeps its shape', async () => {
    const b = new GraphBuilder();
    const y = b.node('MatMul', [b.input('x', [8]), b.weights('w', [8, 5])], { name: 'm' });
    const sum = b.node('Add', [y, b.weights('bias', [5])], { name: 'sum' });
    const { model } = await quantizeGraph(runner, b.model(13, sum), {}, normalVector());
    const { [sum.name]: result } = await runOptimized(runner, model, {
      x: floats([8], [1, 2, 3, 4, 5, 6, 7, 8]),
    });
    expect(result.shape).toEqual([5]);
  });
});

/** One vector without an axis for samples. */
function normalVector() {
  const data = { dtype: 'float' as const, shape: [8], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
  return {
    name: 'vector',
    length: 1,
    task: 'none' as const,
    async *batches() {
      yield { inputs: { x: data } };
    },
  };
}

describe('targets', () => {
  it.each(['x64', 'x64-vnni', 'arm64'] as const)('%s, symmetric and not', async (target) => {
    for (const symmetric of [true, false]) {
      const model = around((b, x) => b.node('Add', [addRelu(b, 'r', x), x], { name: 'sum' }));
      const { model: result } = await survives(model, { target, symmetric });
      expect([...result.graph.nodes].some(({ opType }) => opType === 'Relu')).toBe(true);
    }
  });
});

it('shapes that depend on the data stay as they are', async () => {
  const b = new GraphBuilder();
  const a = addNamedConv(b, 'a', b.input('x', ['n', 4, 6, 6]), same);
  const shape = b.node(
    'Concat',
    [b.node('Gather', [b.node('Shape', [a]), b.constant('i', int64([0]))]), b.constant('r', int64([-1]))],
    {
      attributes: { axis: 0 },
    },
  );
  const flat = b.node('Reshape', [a, shape], { name: 'flat' });
  const { operators } = await survives(
    b.model(13, b.node('Gemm', [flat, b.weights('w', [144, 3])], { name: 'head' })),
  );
  expect(operators).toMatchObject({ QLinearConv: 1, QGemm: 1 });
});
