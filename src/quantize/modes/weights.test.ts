import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { datasetFromTensors } from '../../data/dataset-from-tensors.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { readModel } from '../../onnx/read/read-model.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import { float, GraphBuilder, subgraph, tensorAttribute } from '../../testing/build-graph.ts';
import { expectClose } from '../../testing/expect-close.ts';
import { type GivenOptions, optimizedOperators, runOptimized } from '../../testing/quantize-graph.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { runModel } from '../../testing/run-model.ts';
import { addNamedConv, addRelu } from '../../testing/small-nets.ts';
import { storeGraph } from '../../testing/store-graph.ts';
import { f32, floats, int64 } from '../../testing/tensors.ts';

const runner = await ortNode();
const formats = ['int8', 'uint8', 'int4', 'uint4', 'float16', 'bfloat16'] as const;
/** Signal over noise that weights of such normal numbers keep at least, in dB. */
const leastDb = { int8: 38, uint8: 38, int4: 18, uint4: 18, float16: 70, bfloat16: 50 };

/** One layer of each operator with weights, in the shapes that differ: groups, transposed, stacked, both directions. */
const layers: Record<string, () => Model> = {
  Conv: () => {
    const b = new GraphBuilder();
    return b.model(
      13,
      b.node('Conv', [b.input('x', [1, 8, 6, 6]), b.weights('w', [24, 8, 3, 3])], { outputs: ['y'] }),
    );
  },
  'Conv, depthwise': () => {
    const b = new GraphBuilder();
    const attributes = { group: 64 };
    const inputs = [b.input('x', [1, 64, 6, 6]), b.weights('w', [64, 1, 5, 5])];
    return b.model(13, b.node('Conv', inputs, { outputs: ['y'], attributes }));
  },
  ConvTranspose: () => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [1, 16, 5, 5]), b.weights('w', [16, 8, 3, 3])];
    return b.model(13, b.node('ConvTranspose', inputs, { outputs: ['y'] }));
  },
  'ConvTranspose, groups': () => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [1, 16, 5, 5]), b.weights('w', [16, 8, 3, 3])];
    return b.model(13, b.node('ConvTranspose', inputs, { outputs: ['y'], attributes: { group: 4 } }));
  },
  'Gemm, transB': () => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [2, 50]), b.weights('w', [40, 50]), b.weights('c', [40])];
    return b.model(
      13,
      b.node('Gemm', inputs, { outputs: ['y'], attributes: { transB: 1, alpha: float(0.5) } }),
    );
  },
  MatMul: () => {
    const b = new GraphBuilder();
    return b.model(
      13,
      b.node('MatMul', [b.input('x', [2, 3, 50]), b.weights('w', [50, 40])], { outputs: ['y'] }),
    );
  },
  'MatMul, stack': () => {
    const b = new GraphBuilder();
    return b.model(
      13,
      b.node('MatMul', [b.input('x', [3, 2, 50]), b.weights('w', [3, 50, 40])], { outputs: ['y'] }),
    );
  },
  'MatMul, weight first': () => {
    const b = new GraphBuilder();
    return b.model(
      13,
      b.node('MatMul', [b.weights('w', [40, 50]), b.input('x', [50, 3])], { outputs: ['y'] }),
    );
  },
  LSTM: () => recurrent('LSTM', 4),
  GRU: () => recurrent('GRU', 3),
  RNN: () => recurrent('RNN', 1),
  Gather: () => {
    const b = new GraphBuilder();
    return b.model(
      13,
      b.node('Gather', [b.weights('w', [50, 40]), b.input('x', [2, 3], 'int64')], { outputs: ['y'] }),
    );
  },
  PRelu: () => {
    const b = new GraphBuilder();
    return b.model(
      13,
      b.node('PRelu', [b.input('x', [1, 8, 16, 16]), b.weights('w', [8, 16, 16])], { outputs: ['y'] }),
    );
  },
};

function recurrent(opType: string, gates: number): Model {
  const b = new GraphBuilder();
  const [inputs, units] = [24, 32];
  // Small enough to keep the cells out of saturation, where errors grow.
  const constant = (name: string, width: number) =>
    b.constant(name, f32([2, gates * units, width], name, 0.1));
  const weights = [constant('w', inputs), constant('r', units)];
  const attributes = { hidden_size: units, direction: 'bidirectional' };
  return b.model(
    13,
    b.node(opType, [b.input('x', [5, 1, inputs]), ...weights], { outputs: ['y'], attributes }),
  );
}

function sqnrDb(expected: Readonly<Record<string, Tensor>>, got: Readonly<Record<string, Tensor>>): number {
  const errors = new ErrorStatistics();
  for (const [name, { data }] of Object.entries(expected))
    errors.add(data as Float32Array, got[name].data as Float32Array);
  return errors.sqnrDb;
}

describe.each(Object.entries(layers))('%s', (_, make) => {
  it.each(formats)('in %s: smaller, close, decoded once at load', async (weights) => {
    const model = make();
    const feeds = randomFeeds(model);
    const {
      model: stored,
      layers: rows,
      warnings,
    } = await storeGraph(runner, model, {
      weights,
      blockKernels: 'never',
    });
    expect(warnings.filter(({ code }) => code !== 'weights-flushed')).toEqual([]);
    expect(rows.map(({ state }) => state)).toEqual(['stored']);
    expect(rows[0].weightSqnrDb).toBeGreaterThan(leastDb[weights]);
    const [before, after] = [await modelToBytes(model), await modelToBytes(stored)];
    expect(after.length).toBeLessThan(before.length * (weights.includes('float') ? 0.6 : 0.45));
    const expected = await runModel(runner, model, feeds);
    // Sums of errors that are independent keep the weights' ratio; nonlinear layers lose a little.
    expect(sqnrDb(expected, await runOptimized(runner, stored, feeds))).toBeGreaterThan(leastDb[weights] - 6);
    expect(await optimizedOperators(runner, stored)).toEqual(await optimizedOperators(runner, model));
  });
});

/** Constants by name, those in bodies too. */
function constants(graph: Graph) {
  return new Map(
    [...subgraphDepthFirst(graph)].flatMap(({ initializers }) =>
      [...initializers].map(({ name, initializer }) => [name, initializer?.dtype] as const),
    ),
  );
}

describe('which weights', () => {
  it('one that several nodes read is stored once', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [48, 48]);
    const first = b.node('MatMul', [b.input('x', [1, 48]), w], { name: 'a' });
    const model = b.model(13, b.node('MatMul', [first, w], { name: 'c', outputs: ['y'] }));
    const { model: stored, layers: rows } = await storeGraph(runner, model, { weights: 'int8' });
    expect(constants(stored.graph)).toEqual(
      new Map([
        ['w/q', 'int8'],
        ['w/s', 'float'],
      ]),
    );
    expect(rows.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'stored'],
      ['c', 'stored'],
    ]);
    expect(rows[0].weightSqnrDb).toBe(rows[1].weightSqnrDb);
  });

  it('a table that is also a product’s weight, turned, is stored once', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [60, 40]);
    const rows = b.node('Gather', [w, b.input('x', [1, 3], 'int64')], { name: 'embed' });
    const turned = b.node('Transpose', [w], { attributes: { perm: [1, 0] } });
    const model = b.model(13, b.node('MatMul', [rows, turned], { name: 'head', outputs: ['y'] }));
    const { model: stored, layers: reports } = await storeGraph(runner, model, { weights: 'int8' });
    expect(constants(stored.graph)).toEqual(
      new Map([
        ['w/q', 'int8'],
        ['w/s', 'float'],
      ]),
    );
    expect(reports.map(({ state }) => state)).toEqual(['stored', 'stored']);
    const feeds = randomFeeds(model);
    const expected = await runModel(runner, model, feeds);
    expect(sqnrDb(expected, await runOptimized(runner, stored, feeds))).toBeGreaterThan(30);
  });

  it('those in bodies of If, as initializers and as Constant nodes, and those the bodies capture', async () => {
    const outer = new GraphBuilder();
    const x = outer.input('x', [1, 48]);
    const captured = outer.weights('captured', [48, 48]);
    const branch = (name: string, isNode: boolean): Graph => {
      const b = new GraphBuilder(name);
      const own = isNode
        ? b.node('Constant', [], {
            outputs: [`${name}.w`],
            attributes: { value: tensorAttribute(f32([48, 48], name)) },
          })
        : b.weights(`${name}.w`, [48, 48]);
      const first = b.node('MatMul', [x, own], { name, outputs: [`${name}.first`] });
      return b.ends(b.node('MatMul', [first, captured], { name: `${name}.c`, outputs: [`${name}.y`] }));
    };
    const condition = outer.input('c', [], 'bool');
    const attributes = {
      then_branch: subgraph(branch('then', true)),
      else_branch: subgraph(branch('else', false)),
    };
    const y = outer.node('If', [condition], { outputs: ['y'], attributes });
    y.type = { kind: 'tensor', dtype: 'float', shape: [1, 48] };
    const model = outer.model(13, y);
    const { model: stored, layers: rows, warnings } = await storeGraph(runner, model, { weights: 'int8' });
    expect(warnings).toEqual([]);
    expect(rows.map(({ name, state }) => [name, state])).toEqual(
      ['then', 'then.c', 'else', 'else.c'].map((name) => [name, 'stored']),
    );
    const types = constants(stored.graph);
    for (const name of ['captured', 'then.w', 'else.w']) expect(types.get(`${name}/q`), name).toBe('int8');
    for (const taken of [0, 1]) {
      const c: Tensor = { dtype: 'bool', shape: [], data: Uint8Array.of(taken) };
      const feeds = { x: f32([1, 48], 'x'), c };
      const expected = await runModel(runner, model, feeds);
      expect(sqnrDb(expected, await runOptimized(runner, stored, feeds))).toBeGreaterThan(33);
    }
  });

  it('those an exporter slices and joins in front of their reader', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [96, 48]);
    const part = (from: number, to: number) =>
      b.node('Slice', [w, b.constant(`f${from}`, int64([from])), b.constant(`t${to}`, int64([to]))]);
    // Read twice, so that cleaning leaves it: the folded copy would be larger.
    const joined = b.node('Concat', [part(48, 96), part(0, 48)], { attributes: { axis: 0 } });
    const spread = b.node('Unsqueeze', [joined, b.constant('axis', int64([0]))]);
    const r = b.weights('r', [1, 96, 24]);
    const attributes = { hidden_size: 24 };
    const lstm = b.node('LSTM', [b.input('x', [3, 1, 48]), spread, r], {
      name: 'lstm',
      outputs: ['y'],
      attributes,
    });
    const kept = b.node('ReduceSum', [w], { attributes: { keepdims: 0 }, outputs: ['sum'] });
    const model = b.model(13, lstm, kept);
    const { model: stored, layers: rows } = await storeGraph(runner, model, { weights: 'int8' });
    expect(constants(stored.graph).get('w/q') ?? constants(stored.graph).get('unsqueeze/q')).toBe('int8');
    expect(rows).toMatchObject([{ name: 'lstm', state: 'stored' }]);
  });

  it('not outputs, not what is excluded, not what would not get smaller, not other types; says so', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 48]);
    const out = b.weights('out', [48, 48]);
    const product = (name: string, weight: typeof x, data = x) =>
      b.node('MatMul', [data, weight], { name, outputs: [name] });
    const doubles = b.node('Cast', [x], { attributes: { to: 11 } });
    const wide: Tensor = {
      dtype: 'double',
      shape: [48, 48],
      data: Float64Array.from(f32([48, 48], 'd').data),
    };
    const outputs = [
      product('a', out),
      product('b', b.weights('excluded', [48, 48])),
      product('c', b.weights('small', [48, 1])),
      product('d', b.constant('wide', wide), doubles),
      product('e', b.weights('w', [48, 48])),
      product('f', b.input('other', [48, 2])),
    ];
    const model = b.model(13, ...outputs, out);
    const result = await storeGraph(runner, model, { weights: 'int8', exclude: ['b'] });
    expect(result.layers.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['a', 'float', 'its weight is an output'],
      ['b', 'float', 'excluded'],
      ['c', 'float', 'too small to gain by it'],
      ['d', 'float', 'its weight is double'],
      ['e', 'stored', ''],
      ['f', 'float', 'its weight is not a constant'],
    ]);
    const feeds = { ...randomFeeds(model) };
    const [expected, got] = [
      await runModel(runner, model, feeds),
      await runModel(runner, result.model, feeds),
    ];
    for (const name of ['b', 'c', 'd', 'f', 'out']) expect(got[name], name).toEqual(expected[name]);
  });

  it('weights that callers could replace (IR version 3) are frozen and stored', async () => {
    const b = new GraphBuilder();
    const w = b.weights('w', [48, 48]);
    const model = b.model(8, b.node('MatMul', [b.input('x', [1, 48]), w], { outputs: ['y'] }));
    model.graph.inputs.push(w);
    model.irVersion = 3;
    const { model: stored } = await storeGraph(runner, model, { weights: 'int8' });
    const again = await readModel(await modelToBytes(stored));
    expect(again.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(constants(again.graph).get('w/q')).toBe('int8');
  });

  it('a group of zeros decodes to zeros', async () => {
    for (const weights of formats) {
      const b = new GraphBuilder();
      const data = f32([64, 64], 'w').data.map((x, i) => (i % 64 === 3 ? 0 : x));
      const model = b.model(
        13,
        b.node('MatMul', [b.input('x', [1, 64]), b.constant('w', floats([64, 64], [...data]))], {
          outputs: ['y'],
        }),
      );
      const { y } = await runOptimized(runner, (await storeGraph(runner, model, { weights })).model, {
        x: f32([1, 64], 'x'),
      });
      expect(y.data[3], weights).toBe(0);
    }
  });
});

describe('blocks of codes', () => {
  const product = (rows: number | string, depth: number, columns: number) => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [rows, depth]), b.weights('w', [depth, columns])];
    return b.model(13, b.node('MatMul', inputs, { name: 'p', outputs: ['y'] }));
  };

  it.each(['int8', 'uint8', 'int4', 'uint4'] as const)(
    '%s: MatMulNBits means what its codes say',
    async (weights) => {
      const b = new GraphBuilder();
      const inputs = [b.input('x', [3, 100]), b.weights('w', [24, 100]), b.weights('c', [24])];
      const model = b.model(
        13,
        b.node('Gemm', inputs, { name: 'g', outputs: ['y'], attributes: { transB: 1 } }),
      );
      const options = { weights, granularity: 'block:32', blockKernels: 'always', accuracyLevel: 1 } as const;
      const result = await storeGraph(runner, model, options);
      expect(result.layers).toMatchObject([
        { name: 'g', opType: 'Gemm', state: 'stored', reason: /MatMulNBits/ },
      ]);
      const [node] = result.model.graph.nodes;
      expect([node.domain, node.opType, node.inputs.length]).toEqual(['com.microsoft', 'MatMulNBits', 6]);
      const feeds = randomFeeds(model);
      const expected = await runModel(runner, model, feeds);
      const db = sqnrDb(expected, await runOptimized(runner, result.model, feeds));
      // The kernel's float32 sums of decoded weights: nothing but the weights' error.
      expect(Math.abs(db - (result.layers[0].weightSqnrDb ?? 0))).toBeLessThan(2.5);
      expect([...result.model.graph.initializers].map(({ name }) => name)).not.toContain('w');
    },
  );

  it.each(['int8', 'uint8', 'int4', 'uint4'] as const)(
    '%s: GatherBlockQuantized gives the decoded rows',
    async (weights) => {
      const b = new GraphBuilder();
      const ids = b.input('x', [5], 'int64');
      const model = b.model(
        13,
        b.node('Gather', [b.weights('w', [30, 72]), ids], { name: 'e', outputs: ['y'] }),
      );
      const coded = await storeGraph(runner, model, { weights, granularity: 'block:32' });
      const atRest = await storeGraph(runner, model, {
        weights,
        granularity: 'block:32',
        blockKernels: 'never',
      });
      expect(await optimizedOperators(runner, coded.model)).toEqual({ GatherBlockQuantized: 1 });
      const x: Tensor = int64([0, 29, -1, 7, 7]);
      expectClose(
        await runOptimized(runner, coded.model, { x }),
        await runOptimized(runner, atRest.model, { x }),
        1e-6,
      );
      expect(coded.layers[0].weightSqnrDb).toBeCloseTo(atRest.layers[0].weightSqnrDb ?? 0, 6);
    },
  );

  it.each([
    ['deep, any rows', product('n', 512, 64), 'MatMulNBits'],
    ['shallow, any rows', product('n', 256, 64), 'MatMul'],
    ['shallow, one row', product(1, 256, 64), 'MatMulNBits'],
  ])('by default where the target is fast so: %s', async (_, model, opType) => {
    const { model: stored } = await storeGraph(runner, model, { weights: 'int4' });
    expect(Object.keys(await optimizedOperators(runner, stored))).toEqual([opType]);
  });

  it('where the data are a vector, or a stack is multiplied, weights are decoded', async () => {
    for (const shape of [[48], [2, 48, 32]]) {
      const b = new GraphBuilder();
      const weight = b.weights('w', shape.length === 1 ? [48, 32] : [2, 32, 48]);
      const model = b.model(13, b.node('MatMul', [b.input('x', shape), weight], { outputs: ['y'] }));
      const options = { weights: 'int4', granularity: 'block:16', blockKernels: 'always' } as const;
      const { model: stored } = await storeGraph(runner, model, options);
      expect(Object.keys(await optimizedOperators(runner, stored))).toEqual(['MatMul']);
    }
  });

  it('states the accuracy level asked for', async () => {
    const level = async (accuracyLevel?: number) => {
      const options = { weights: 'int4', ...(accuracyLevel !== undefined && { accuracyLevel }) } as const;
      const { model } = await storeGraph(runner, product(1, 512, 64), options);
      return [...model.graph.nodes][0].int('accuracy_level');
    };
    expect([await level(), await level(0), await level(1)]).toEqual([4, undefined, 1]);
  });
});

describe('refusals', () => {
  const model = layers.MatMul();

  it.each<[string, GivenOptions, string]>([
    ['granularity of floats', { weights: 'float16', granularity: 'block:32' }, 'granularity-of-floats'],
    ['an option of another mode', { weights: 'int8', keepFastest: true }, 'option-not-of-mode'],
    ['an observer', { weights: 'int8', observer: 'minmax' }, 'option-not-of-mode'],
    ['activations of another mode', { weights: 'int8', activations: 'uint8' }, 'format-not-of-mode'],
    ['a pattern without a match', { weights: 'int8', exclude: ['nothing'] }, 'pattern-without-match'],
    ['all excluded', { weights: 'int8', exclude: ['type:MatMul'] }, 'nothing-to-quantize'],
  ])('%s', async (_, options, code) => {
    await expect(storeGraph(runner, model, options)).rejects.toMatchObject({ code });
  });

  it('weights that are NaN', async () => {
    const b = new GraphBuilder();
    const data = f32([48, 48], 'w');
    data.data[7] = Number.NaN;
    const bad = b.model(
      13,
      b.node('MatMul', [b.input('x', [1, 48]), b.constant('w', data)], { outputs: ['y'] }),
    );
    for (const weights of formats)
      await expect(storeGraph(runner, bad, { weights })).rejects.toMatchObject({
        code: 'non-finite-weight',
        where: 'w',
      });
  });

  it('blocks no kernel takes, and blocks for static quantization', async () => {
    await expect(storeGraph(runner, model, { weights: 'int8', granularity: 'block:3' })).rejects.toThrow(
      /power of 2/,
    );
    await expect(storeGraph(runner, model, { weights: 'int8', granularity: 'block:8192' })).rejects.toThrow(
      /power of 2/,
    );
  });
});

it('samples tell what rounding shifts outputs by, and biases take it back', async () => {
  const b = new GraphBuilder();
  const relu = addRelu(b, 'relu', addNamedConv(b, 'a', b.input('x', [1, 16, 6, 6]), [16, 16]));
  const flat = b.node('Flatten', [b.node('GlobalAveragePool', [addNamedConv(b, 'c', relu, [16, 16])])]);
  const model = b.model(13, b.node('Gemm', [flat, b.weights('w', [16, 32])], { name: 'g', outputs: ['y'] }));
  // All on one side of 0, so that errors of weights do not cancel out.
  const samples = f32([40, 16, 6, 6], 'samples');
  const data = datasetFromTensors({ inputs: { x: { ...samples, data: samples.data.map(Math.abs) } } });
  const feeds = {
    x: { ...f32([1, 16, 6, 6], 'other'), data: f32([1, 16, 6, 6], 'other').data.map(Math.abs) },
  };
  const expected = await runModel(runner, model, feeds);
  const decibels = async (options: GivenOptions) => {
    const { model: stored } = await storeGraph(runner, model, { weights: 'int4', ...options }, data);
    return sqnrDb(expected, await runOptimized(runner, stored, feeds));
  };
  expect(await decibels({})).toBeGreaterThan((await decibels({ biasCorrection: false })) + 6);
});

it('a weight too large for float16 stays, one too small becomes 0 and is counted', async () => {
  const b = new GraphBuilder();
  const large = f32([48, 48], 'large');
  large.data[5] = 70000;
  const tiny = f32([48, 48], 'tiny');
  tiny.data.fill(1e-9, 0, 3);
  const x = b.input('x', [1, 48]);
  const first = b.node('MatMul', [x, b.constant('large', large)], { name: 'a' });
  const model = b.model(
    13,
    b.node('MatMul', [first, b.constant('tiny', tiny)], { name: 'b', outputs: ['y'] }),
  );
  const { layers: rows, warnings, model: stored } = await storeGraph(runner, model, { weights: 'float16' });
  expect(rows).toMatchObject([{ state: 'float', reason: 'its weight exceeds 65504' }, { state: 'stored' }]);
  expect(warnings).toMatchObject([{ code: 'weights-flushed', message: /^3 weights/ }]);
  const halves = [...stored.graph.initializers].find(({ name }) => name === 'tiny/h')?.initializer;
  expect(halves && [...(await halves.read()).subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
});
