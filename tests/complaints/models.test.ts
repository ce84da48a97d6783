import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { Node } from '../../src/onnx/ir/node.ts';
import { ModelProtoSchema } from '../../src/onnx/proto/onnx_pb.ts';
import { readModel } from '../../src/onnx/read/read-model.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { clean } from '../../src/passes/clean.ts';
import { GraphBuilder, subgraph } from '../../src/testing/build-graph.ts';
import { quantizeGraph, runOptimized } from '../../src/testing/quantize-graph.ts';
import { randomFeeds } from '../../src/testing/random-feeds.ts';
import { addNamedConv, addRelu } from '../../src/testing/small-nets.ts';
import { f32 } from '../../src/testing/tensors.ts';
import { quantizeAndCompare, runner, states } from './quantize-and-compare.ts';

const same = [4, 4] as const;
const input = (b: GraphBuilder) => b.input('x', [1, 4, 6, 6]);

describe('names', () => {
  it('microsoft/onnxruntime#7105: nodes that are added take no name that is taken', async () => {
    const b = new GraphBuilder();
    const plain = b.model(13, addNamedConv(b, 'a', input(b), same));
    const { model: first } = await quantizeGraph(runner, plain);
    // The names pare gave to its own nodes, now on layers.
    const names = [...first.graph.nodes]
      .map(({ name }) => name)
      .filter((name) => name !== '' && name !== 'a');
    const c = new GraphBuilder();
    let x = input(c);
    for (const name of ['a', ...names]) x = addNamedConv(c, name, x, same, { hasBias: false });
    const result = await quantizeAndCompare(c.model(13, x), { observer: 'mse' });
    const all = [...result.model.graph.nodes].map(({ name }) => name).filter((name) => name !== '');
    expect(new Set(all).size).toBe(all.length);
    expect(result.operators.QLinearConv).toBe(1 + names.length);
  });

  it('microsoft/onnxruntime#24705: a bias shared by two layers, and values called as its copies would be', async () => {
    const b = new GraphBuilder();
    const bias = b.weights('b', [4]);
    const layer = (name: string, x: ReturnType<typeof input>, output: string) =>
      b.node('Conv', [x, b.weights(`${name}.w`, [4, 4, 1, 1]), bias], { name, outputs: [output] });
    const first = layer('u', input(b), 'b0');
    const second = layer('v', addRelu(b, 'r', first), 'b_1');
    const result = await quantizeAndCompare(b.model(13, layer('w', second, 'b_quantized')));
    expect(result.operators.QLinearConv).toBe(3);
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('huggingface/optimum#1418: an exclusion that matches nothing is an error, with the names there are', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, addNamedConv(b, '/encoder/conv', input(b), same));
    await expect(quantizeGraph(runner, model, { exclude: ['Encoder'] })).rejects.toMatchObject({
      code: 'pattern-without-match',
      message: expect.stringContaining('Encoder'),
    });
  });

  it('microsoft/onnxruntime#12556: layers can be left out wherever they stand', async () => {
    const b = new GraphBuilder();
    let x = input(b);
    for (const name of ['a', 'c', 'd', 'e']) x = addRelu(b, `${name}.relu`, addNamedConv(b, name, x, same));
    const model = b.model(13, x);
    for (const name of ['a', 'c', 'e']) {
      const result = await quantizeAndCompare(model, { exclude: [name] });
      expect(states(result)).toMatchObject({
        a: 'quantized',
        c: 'quantized',
        e: 'quantized',
        [name]: 'float',
      });
      expect(result.operators).toMatchObject({ QLinearConv: 3 });
      expect(result.sqnrDb).toBeGreaterThan(25);
    }
  });

  it('microsoft/onnxruntime#19503: a layer answers to its name in the file, also when others were folded into it', async () => {
    const b = new GraphBuilder();
    const conv = addNamedConv(b, 'conv', input(b), same);
    const statistics = ['s', 'o', 'm'].map((name) => b.weights(name, [4]));
    const variance = b.constant('v', { dtype: 'float', shape: [4], data: Float32Array.of(1, 2, 3, 4) });
    const normal = b.node('BatchNormalization', [conv, ...statistics, variance], { name: 'bn' });
    const model = b.model(13, addNamedConv(b, 'last', addRelu(b, 'r', normal), same));
    const result = await quantizeAndCompare(model, { exclude: ['bn'] });
    expect(states(result)).toMatchObject({ conv: 'float', last: 'quantized' });
  });
});

describe('operator sets', () => {
  it.each([
    [13, 9],
    [9, 13],
  ])(
    'microsoft/onnxruntime#15563: ai.onnx imported twice (%i, %i) means what the engine takes it to mean, and is written once',
    async (...versions) => {
      const b = new GraphBuilder();
      // Without an axis, Softmax is over all axes but the first until 13, and over the last since.
      const soft = b.node('Softmax', [addNamedConv(b, 'a', input(b), same)], { outputs: ['y'] });
      const proto = fromBinary(ModelProtoSchema, await modelToBytes(b.model(13, soft)));
      const domains = ['', 'ai.onnx'];
      proto.opsetImport = create(ModelProtoSchema, {
        opsetImport: versions.map((version, i) => ({ domain: domains[i], version: BigInt(version) })),
      }).opsetImport;
      const bytes = toBinary(ModelProtoSchema, proto);
      const model = await readModel(bytes);
      const feeds = randomFeeds(model);
      const session = await runner.load(bytes);
      const given = await session.run(feeds);
      await session.close();
      expect(await runOptimized(runner, model, feeds)).toEqual(given);
      const { opsetImport } = fromBinary(ModelProtoSchema, await modelToBytes(model));
      expect(opsetImport.map(({ domain }) => domain)).toEqual(['']);
      expect((await quantizeAndCompare(model)).sqnrDb).toBeGreaterThan(25);
    },
  );

  it.each([7, 9, 11])(
    'microsoft/onnxruntime#1950, #5319: a model of operator set %i is rewritten for the one Q/DQ need',
    async (opset) => {
      const b = new GraphBuilder();
      const first = addRelu(b, 'r', addNamedConv(b, 'a', input(b), same));
      const flat = b.node('Flatten', [b.node('GlobalAveragePool', [first], { name: 'gap' })], {
        name: 'flat',
      });
      const inputs = [flat, b.weights('w', [4, 3]), b.weights('bias', [3])];
      // The default axis of Softmax changed in 13.
      const head = b.node('Softmax', [b.node('Gemm', inputs, { name: 'head' })], { name: 'soft' });
      const result = await quantizeAndCompare(b.model(opset, head));
      expect(result.model.opset).toBeGreaterThanOrEqual(13);
      expect(states(result)).toMatchObject({ a: 'quantized', head: 'quantized' });
      expect(result.sqnrDb).toBeGreaterThan(25);
    },
  );

  it('openvinotoolkit/nncf#1537: a scale a channel below operator set 13, which knows no axis', async () => {
    const b = new GraphBuilder();
    const result = await quantizeAndCompare(b.model(11, addNamedConv(b, 'a', input(b), same)));
    const scale = [...result.model.graph.initializers].find(({ initializer }) => initializer?.shape[0] === 4);
    expect(scale).toBeDefined();
    expect(result.model.opset).toBe(13);
    expect(result.operators.QLinearConv).toBe(1);
  });
});

describe('initializers', () => {
  it('microsoft/onnxruntime#4507: weights that are listed as inputs as well are constants all the same', async () => {
    const b = new GraphBuilder();
    const model = b.model(8, addNamedConv(b, 'd', addNamedConv(b, 'a', input(b), same), same));
    model.irVersion = 3;
    model.graph.inputs.push(...model.graph.initializers);
    const result = await quantizeAndCompare(model);
    expect(result.model.graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(result.operators.QLinearConv).toBe(2);
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('microsoft/onnxruntime#11530: a block used twice: one weight, layers of two ranges', async () => {
    const b = new GraphBuilder();
    const [w, bias] = [b.weights('w', [4, 4, 3, 3]), b.weights('b', [4])];
    const attributes = { pads: [1, 1, 1, 1] };
    const block = (x: ReturnType<typeof input>, name: string) =>
      b.node('Conv', [x, w, bias], { name, outputs: [`${name}_out`], attributes });
    const model = b.model(13, block(addRelu(b, 'r', block(input(b), 'a')), 'c'));
    const result = await quantizeAndCompare(model);
    expect(result.operators.QLinearConv).toBe(2);
    expect(result.sqnrDb).toBeGreaterThan(25);
    const codes = [...result.model.graph.initializers].filter(
      ({ initializer }) => initializer?.byteLength === 144,
    );
    expect(codes).toHaveLength(1);
  });

  it('microsoft/onnxruntime#7507: one bias of layers whose data have other scales', async () => {
    const b = new GraphBuilder();
    const bias = b.weights('b', [4]);
    const x = input(b);
    const small = b.constant('small', { dtype: 'float', shape: [], data: Float32Array.of(0.01) });
    const layer = (name: string, data: typeof x) =>
      b.node('Conv', [data, b.weights(`${name}.w`, [4, 4, 1, 1]), bias], { name, outputs: [`${name}_out`] });
    const sum = b.node('Add', [layer('a', x), layer('c', b.node('Mul', [x, small]))], { name: 'sum' });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', sum, same)));
    expect(result.operators.QLinearConv).toBe(3);
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('microsoft/onnxruntime#13358: a weight behind a Cast is a weight', async () => {
    const b = new GraphBuilder();
    // 0x3800 is 0.5.
    const data = new Uint16Array(16).fill(0x3800);
    const half = b.constant('half', { dtype: 'float16', shape: [4, 4, 1, 1], data });
    const w = b.node('Cast', [half], { outputs: ['w'], attributes: { to: 1 } });
    const first = b.node('Conv', [input(b), w], { name: 'cast', outputs: ['first'] });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', first, same)));
    expect(states(result)).toEqual({ cast: 'quantized', d: 'quantized' });
    expect(result.sqnrDb).toBeGreaterThan(25);
  });
});

describe('operators that tools do not know', () => {
  it('microsoft/onnxruntime#21194, #10484: contrib operators and open shapes hinder neither folding nor layers', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 4, 'h', 'w']);
    const activated = b.node('QuickGelu', [addNamedConv(b, 'a', x, same)], { domain: 'com.microsoft' });
    const conv = addNamedConv(b, 'c', activated, same);
    const statistics = ['s', 'o', 'm'].map((name) => b.weights(name, [4]));
    const variance = b.constant('v', { dtype: 'float', shape: [4], data: Float32Array.of(1, 2, 3, 4) });
    const model = b.model(13, b.node('BatchNormalization', [conv, ...statistics, variance], { name: 'bn' }));
    model.opsetImports.set('com.microsoft', 1);
    const data = await quantizeGraph(runner, model, {}, openData());
    expect(states(data)).toMatchObject({ a: 'quantized', c: 'quantized' });
    expect([...data.model.graph.nodes].map(({ opType }) => opType)).not.toContain('BatchNormalization');
    expect([...data.model.graph.nodes].map(({ opType }) => opType)).toContain('QuickGelu');
  });

  it('microsoft/onnxruntime#19418: outputs and values without a type', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, addNamedConv(b, 'd', addNamedConv(b, 'a', input(b), same), same));
    expect(model.graph.outputs[0].type).toBeUndefined();
    const again = await readModel(await modelToBytes(model));
    expect((await quantizeAndCompare(again)).operators.QLinearConv).toBe(2);
  });

  it('microsoft/onnxruntime#8488: nets in the branches of If keep their results, beside what is quantized', async () => {
    const b = new GraphBuilder();
    const x = addNamedConv(b, 'outer', input(b), same);
    const branch = (name: string) => {
      const inner = new GraphBuilder(name);
      return subgraph(inner.ends(addNamedConv(inner, `${name}.inner`, x, same)));
    };
    const condition = b.constant('yes', { dtype: 'bool', shape: [], data: Uint8Array.of(1) });
    const chosen = b.node('If', [b.node('Identity', [condition])], {
      attributes: { then_branch: branch('then'), else_branch: branch('else') },
    });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'last', chosen, same)));
    expect(states(result)).toMatchObject({ outer: 'quantized', last: 'quantized' });
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('microsoft/onnxruntime#11634: channels that are split, shuffled and joined', async () => {
    const b = new GraphBuilder();
    const x = addRelu(b, 'r', addNamedConv(b, 'a', input(b), same));
    const split = b.nodeOf('Split', [x], {
      name: 'split',
      outputs: ['left', 'right'],
      attributes: { axis: 1 },
    });
    const [left, right] = split.outputs;
    if (!left || !right) throw new Error('a Split of two parts has two');
    const joined = b.node('Concat', [addNamedConv(b, 'c', left, [2, 2]), right], { attributes: { axis: 1 } });
    const shape = (name: string, numbers: number[]) =>
      b.constant(name, {
        dtype: 'int64',
        shape: [numbers.length],
        data: BigInt64Array.from(numbers, BigInt),
      });
    const pairs = b.node('Reshape', [joined, shape('pairs', [1, 2, 2, 6, 6])], { outputs: ['paired'] });
    const turned = b.node('Transpose', [pairs], { attributes: { perm: [0, 2, 1, 3, 4] } });
    const shuffled = b.node('Reshape', [turned, shape('whole', [1, 4, 6, 6])], { outputs: ['shuffled'] });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', shuffled, same)));
    expect(result.sqnrDb).toBeGreaterThan(25);
  });
});

function openData() {
  return {
    name: 'open',
    length: 3,
    task: 'none' as const,
    async *batches({ indices }: { indices?: ArrayLike<number> }) {
      for (const index of Array.from(indices ?? [0, 1, 2]))
        yield { inputs: { x: f32([1, 4, 5 + index, 6], `${index}`) } };
    },
  };
}

describe('files', () => {
  it('microsoft/onnxruntime#11537: a quantized model is not quantized once more', async () => {
    const b = new GraphBuilder();
    const { model } = await quantizeGraph(runner, b.model(13, addNamedConv(b, 'a', input(b), same)));
    await expect(quantizeGraph(runner, model)).rejects.toMatchObject({
      code: 'already-quantized',
      isUsage: true,
      hint: expect.stringContaining('float model'),
    });
  });

  it('microsoft/onnxruntime#17370: a file in ORT format is refused by name', async () => {
    const bytes = new Uint8Array([0x24, 0, 0, 0, ...new TextEncoder().encode('ORTM'), ...new Uint8Array(64)]);
    await expect(readModel(bytes)).rejects.toMatchObject({ code: 'not-an-onnx-model' });
  });

  it('microsoft/onnxruntime#25001: what is written names every type the engine asks for', async () => {
    const b = new GraphBuilder();
    const sum = b.node('Add', [addNamedConv(b, 'a', input(b), same), addNamedConv(b, 'c', input2(b), same)], {
      name: 'sum',
    });
    const { model } = await quantizeGraph(runner, b.model(13, addNamedConv(b, 'd', sum, same)));
    const optimized = await runner.optimize(await modelToBytes(model), 'basic');
    // The engine's own rewriting of the file must load as well.
    const session = await runner.load(optimized);
    const results = await session.run(randomFeeds(model));
    await session.close();
    expect(results).toEqual(await runOptimized(runner, model, randomFeeds(model)));
  });

  it('microsoft/onnxruntime#24028: cleaning a model with unknown operators changes nothing of them', async () => {
    const b = new GraphBuilder();
    const y = b.node('Fancy', [b.node('Identity', [input(b)])], { domain: 'com.example', name: 'fancy' });
    const model = b.model(13, y);
    model.opsetImports.set('com.example', 1);
    await clean(model, { runner });
    const [fancy, ...others] = model.graph.nodes;
    expect(others).toEqual([]);
    expect(fancy).toBeInstanceOf(Node);
    expect([fancy.opType, fancy.domain, fancy.inputs[0]?.name]).toEqual(['Fancy', 'com.example', 'x']);
  });
});

function input2(b: GraphBuilder) {
  return b.input('x2', [1, 4, 6, 6]);
}
