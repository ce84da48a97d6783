import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { matchNodes } from '../passes/match-nodes.ts';
import { x64Vnni } from '../targets/x64-vnni.ts';
import { float, GraphBuilder, tensorAttribute } from '../testing/build-graph.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import type { Plan } from './plan.ts';
import { type Choices, planOf } from './plan-of.ts';

const same = [4, 4] as const;

/** A net between two convolutions "a" and "d", with what is put between them. */
function between(
  make: (b: GraphBuilder, x: Value) => Value,
  outputs: (b: GraphBuilder) => Value[] = () => [],
) {
  const b = new GraphBuilder();
  const x = b.input('x', [1, 4, 8, 8]);
  const y = addNamedConv(b, 'd', make(b, addNamedConv(b, 'a', x, same)), same);
  return b.model(13, y, ...outputs(b));
}

function alone(
  opType: string,
  weight: Tensor,
  inputs: (Tensor | undefined)[] = [],
  attributes = {},
  rank = 2,
) {
  const b = new GraphBuilder();
  const x = b.input('x', rank === 1 ? [weight.shape[0]] : [...new Array(rank - 1).fill(1), 4]);
  const given = inputs.map((tensor, i) => tensor && b.constant(`c${i}`, tensor));
  return b.model(13, b.node(opType, [x, b.constant('w', weight), ...given], { name: 'layer', attributes }));
}

async function states(model: Model, choices: Choices = {}): Promise<Record<string, string>> {
  return statesOf(await planOf(model, x64Vnni, choices));
}

function statesOf({ nodes }: Plan): Record<string, string> {
  return Object.fromEntries(
    [...nodes].map(([node, state]) => [
      node.name,
      state.state === 'float' ? `float: ${state.reason}` : state.state,
    ]),
  );
}

function named(model: Model, ...patterns: string[]) {
  return new Map([...matchNodes(model.graph, patterns)].map((node) => [node, 'excluded']));
}

describe('layers', () => {
  const matrix = f32([4, 3], 'w');

  it.each([
    ['Gemm', alone('Gemm', matrix)],
    ['Gemm with a bias', alone('Gemm', matrix, [f32([3], 'c')])],
    ['Gemm with transB', alone('Gemm', f32([3, 4], 'w'), [f32([3], 'c')], { transB: 1 })],
    ['MatMul of a matrix', alone('MatMul', matrix)],
    ['MatMul of stacked data', alone('MatMul', matrix, [], {}, 3)],
    ['MatMul of a vector by a matrix', alone('MatMul', matrix, [], {}, 1)],
    ['MatMul by a stack of matrices', alone('MatMul', f32([2, 4, 3], 'w'), [], {}, 3)],
  ])('%s is quantized', async (_, model) => {
    expect(await states(model)).toEqual({ layer: 'quantized' });
  });

  it.each([
    ['its bias is not one number a channel', alone('Gemm', matrix, [f32([1], 'c')])],
    ['its bias is not one number a channel', alone('Gemm', matrix, [f32([], 'c')])],
    ['its bias is not one number a channel', alone('Gemm', matrix, [f32([1, 3], 'c')])],
    ['it scales its operands (alpha, beta)', alone('Gemm', matrix, [], { alpha: float(0.5) })],
    ['it scales its operands (alpha, beta)', alone('Gemm', matrix, [f32([3], 'c')], { beta: float(2) })],
    ['it transposes its data', alone('Gemm', f32([1, 3], 'w'), [], { transA: 1 })],
    ['its weight is a vector', alone('MatMul', f32([4], 'w'))],
    ['its weight is empty', alone('MatMul', f32([4, 0], 'w'))],
    ['its weight is double', alone('MatMul', { dtype: 'double', shape: [4, 3], data: new Float64Array(12) })],
  ])('%s', async (reason, model) => {
    if (reason.endsWith('double'))
      model.graph.inputs[0].type = { kind: 'tensor', dtype: 'double', shape: [1, 4] };
    expect(await states(model)).toEqual({ layer: `float: ${reason}` });
  });

  it.each([
    ['1-D', [1, 3, 9], [4, 3, 3]],
    ['3-D', [1, 3, 5, 5, 5], [4, 3, 3, 3, 3]],
  ])('%s convolutions are quantized', async (_, shape, weight) => {
    const b = new GraphBuilder();
    const y = b.node('Conv', [b.input('x', shape), b.weights('w', weight)], { name: 'conv' });
    expect(await states(b.model(13, y))).toEqual({ conv: 'quantized' });
  });

  it('weights that are computed, or inputs, stay float', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 8, 8]);
    const input = b.node('Conv', [x, b.input('w', [4, 4, 1, 1])], { name: 'fed' });
    const half = b.node('Mul', [b.weights('v', [4, 4, 1, 1]), b.constant('half', floats([], [0.5]))], {
      name: 'half',
    });
    const y = b.node('Conv', [input, half], { name: 'computed' });
    expect(await states(b.model(13, y))).toMatchObject({
      fed: 'float: its weight is not a constant',
      computed: 'float: its weight is not a constant',
    });
  });

  it('data of unknown type are what the weight is', async () => {
    const model = between((b, x) => b.node('Mystery', [x], { domain: 'other' }));
    expect((await states(model)).d).toBe('quantized');
  });

  it('a transposed convolution has no integer kernel, and stays float', async () => {
    const model = between((b, x) =>
      b.node('ConvTranspose', [x, b.weights('t', [4, 4, 1, 1])], { name: 't' }),
    );
    expect(await states(model)).toMatchObject({ t: 'float: x64-vnni has no integer kernel for it' });
  });
});

describe('what lies between', () => {
  it.each([
    ['Sigmoid', {}],
    ['LeakyRelu', {}],
    ['GlobalAveragePool', {}],
    ['AveragePool', { kernel_shape: [2, 2] }],
  ])('%s of codes is quantized', async (opType, attributes) => {
    const model = between((b, x) => b.node(opType, [x], { name: 'op', attributes }));
    expect(await states(model)).toEqual({ a: 'quantized', op: 'quantized', d: 'quantized' });
  });

  it.each([
    ['Softmax', 'x64-vnni has no integer kernel for it'],
    ['Sigmoid', 'excluded'],
  ])('%s: %s', async (opType, reason) => {
    const model = between((b, x) => b.node(opType, [x], { name: 'op' }));
    const exclude = reason === 'excluded' ? named(model, 'op') : new Map();
    expect((await states(model, { exclude })).op).toBe(`float: ${reason}`);
  });

  it.each([
    ['MaxPool', { kernel_shape: [2, 2] }, []],
    ['Transpose', { perm: [0, 1, 3, 2] }, []],
    ['Reshape', {}, [int64([1, 4, 16, 4])]],
    ['Slice', {}, [int64([0]), int64([2]), int64([2])]],
    ['Pad', {}, [int64([0, 0, 1, 1, 0, 0, 1, 1])]],
    ['Pad', {}, [int64([0, 0, 1, 1, 0, 0, 1, 1]), floats([], [0])]],
    ['Pad', { mode: 'reflect' }, [int64([0, 0, 1, 1, 0, 0, 1, 1])]],
  ])('%s moves codes, on the grid of its input', async (opType, attributes, constants) => {
    const model = between((b, x) => {
      const inputs = [x, ...constants.map((tensor, i) => b.constant(`i${i}`, tensor))];
      return b.node(opType, inputs, { name: 'op', outputs: ['moved'], attributes });
    });
    const plan = await planOf(model, x64Vnni);
    expect(statesOf(plan)).toEqual({ a: 'quantized', op: 'pass', d: 'quantized' });
    expect([...plan.gridOf].map(([to, from]) => [to.name, from.name])).toEqual([['moved', 'a_out']]);
  });

  it('movers in a row share the first one’s grid', async () => {
    const model = between((b, x) =>
      b.node(
        'Transpose',
        [b.node('MaxPool', [x], { outputs: ['p'], attributes: { kernel_shape: [2, 2] } })],
        {
          outputs: ['t'],
          attributes: { perm: [0, 1, 3, 2] },
        },
      ),
    );
    const { gridOf } = await planOf(model, x64Vnni);
    expect([...gridOf].map(([to, from]) => [to.name, from.name])).toEqual([
      ['p', 'a_out'],
      ['t', 'a_out'],
    ]);
  });

  it.each([['it fills in a value other than 0', 1, 'constant']])('Pad: %s', async (reason, fill, mode) => {
    const model = between((b, x) =>
      b.node(
        'Pad',
        [x, b.constant('p', int64([0, 0, 1, 1, 0, 0, 1, 1])), b.constant('v', floats([], [fill]))],
        {
          name: 'op',
          attributes: { mode },
        },
      ),
    );
    expect((await states(model)).op).toBe(`float: ${reason}`);
  });

  it('MaxPool that also hands out indices stays float: codes have none', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 8, 8]);
    const a = addNamedConv(b, 'a', x, same);
    const pool = b.nodeOf('MaxPool', [a], {
      name: 'pool',
      outputs: ['p', 'indices'],
      attributes: { kernel_shape: [2, 2] },
    });
    const model = b.model(
      13,
      addNamedConv(b, 'd', pool.output, same),
      ...pool.outputs.slice(1).filter((v) => v !== undefined),
    );
    expect((await states(model)).pool).toBe('float: it has a second output');
  });

  it('a mover nobody quantized reads stays float', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
    const model = b.model(13, b.node('Exp', [b.node('Flatten', [a], { name: 'flat' })]));
    expect(await states(model)).toEqual({ a: 'quantized', flat: 'float: nothing behind it is quantized' });
  });

  it('a mover of float values stays float', async () => {
    const b = new GraphBuilder();
    const x = b.node('Transpose', [b.input('x', [1, 8, 8, 4])], {
      name: 'nchw',
      attributes: { perm: [0, 3, 1, 2] },
    });
    expect(await states(b.model(13, addNamedConv(b, 'a', x, same)))).toEqual({
      nchw: 'float: its input is not quantized',
      a: 'quantized',
    });
  });

  it('operators of several inputs need all of them quantized, and no constant', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 8, 8]);
    const a = addNamedConv(b, 'a', x, same);
    const both = b.node('Add', [a, addNamedConv(b, 'c', a, same)], { name: 'both' });
    const constant = b.node('Mul', [both, b.constant('two', floats([], [2]))], { name: 'constant' });
    const viaNode = b.node('Constant', [], { attributes: { value: tensorAttribute(floats([], [2])) } });
    const constantNode = b.node('Mul', [both, viaNode], { name: 'constant-node' });
    const mixed = b.node('Concat', [both, b.node('Exp', [a])], { name: 'mixed', attributes: { axis: 1 } });
    expect(await states(b.model(13, constant, constantNode, mixed))).toMatchObject({
      both: 'quantized',
      constant: 'float: one operand is a constant',
      'constant-node': 'float: one operand is a constant',
      mixed: 'float: not all of its inputs are quantized',
    });
  });

  it('what makes an output of the model by arithmetic stays float; a layer does not', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
    const sum = b.node('Add', [a, a], { name: 'sum' });
    expect(await states(b.model(13, sum, a))).toEqual({
      a: 'quantized',
      sum: 'float: it makes an output of the model',
    });
  });
});

describe('choices', () => {
  it('include leaves all else float, movers apart', async () => {
    const model = between((b, x) =>
      b.node('MaxPool', [x], { name: 'pool', attributes: { kernel_shape: [2, 2] } }),
    );
    expect(await states(model, { include: matchNodes(model.graph, ['a']) })).toEqual({
      a: 'quantized',
      pool: 'float: nothing behind it is quantized',
      d: 'float: not included',
    });
  });

  it('exclude wins over include, with its own reason', async () => {
    const model = between((_, x) => x);
    const include = matchNodes(model.graph, ['*']);
    expect(await states(model, { include, exclude: named(model, 'd') })).toEqual({
      a: 'quantized',
      d: 'float: excluded',
    });
  });
});

describe('clamps', () => {
  const results = async (model: Model, choices: Choices = {}) => {
    const plan = await planOf(model, x64Vnni, choices);
    return [...plan.nodes.keys()].map((node) => [node.name, plan.resultOf(node).name]);
  };

  it('belong to the layer they follow, also in a row', async () => {
    const model = between((b, x) => addClip(b, 'six', addRelu(b, 'relu', x), undefined, 6));
    expect(await results(model)).toEqual([
      ['a', 'six_out'],
      ['d', 'd_out'],
    ]);
  });

  it.each([
    [
      'has another reader',
      (b: GraphBuilder, x: Value) => b.node('Add', [addRelu(b, 'r', x), x], { name: 'sum' }),
    ],
    ['works on an excluded clamp', (b: GraphBuilder, x: Value) => addRelu(b, 'r', x)],
    [
      'has bounds that are computed',
      (b: GraphBuilder, x: Value) =>
        b.node('Clip', [x, b.node('Neg', [b.constant('one', floats([], [1]))])], { name: 'r' }),
    ],
  ])('not where the layer %s', async (title, make) => {
    const model = between(make);
    const exclude = title.includes('excluded') ? named(model, 'r') : new Map();
    expect((await results(model, { exclude }))[0]).toEqual(['a', 'a_out']);
  });

  it('not where the layer makes an output of the model', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
    expect((await results(b.model(13, addNamedConv(b, 'd', addRelu(b, 'r', a), same), a)))[0]).toEqual([
      'a',
      'a_out',
    ]);
  });

  it('not on symmetric grids, which saturate at −max', async () => {
    const model = between((b, x) => addRelu(b, 'r', x));
    expect((await results(model, { symmetricActivations: true }))[0]).toEqual(['a', 'a_out']);
  });
});

describe('values', () => {
  const names = async (model: Model, choices: Choices = {}) =>
    [...(await planOf(model, x64Vnni, choices)).values].map(({ name }) => name);

  it('are the data and results of quantized nodes', async () => {
    expect(await names(between((b, x) => addRelu(b, 'r', x)))).toEqual(['x', 'r_out', 'd_out']);
  });

  it('results of kernels with float output are not among them, unless someone quantized reads them', async () => {
    const b = new GraphBuilder();
    const gemm = (name: string, x: Value) =>
      b.node('Gemm', [x, b.weights(name, [4, 4])], { name, outputs: [`${name}_out`] });
    const model = b.model(13, gemm('second', gemm('first', b.input('x', [1, 4]))));
    expect(await names(model)).toEqual(['x', 'first_out']);
  });

  it('around a float layer: its output, for the next one', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
    const model = b.model(13, addNamedConv(b, 'd', addNamedConv(b, 'c', a, same), same));
    expect(await names(model, { exclude: named(model, 'c') })).toEqual(['x', 'a_out', 'c_out', 'd_out']);
  });
});
