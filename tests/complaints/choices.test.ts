import { describe, expect, it } from 'vitest';
import type { Runner } from '../../src/base/runner.ts';
import { datasetFromTensors } from '../../src/data/dataset-from-tensors.ts';
import { argmaxRows } from '../../src/evaluate/argmax-rows.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import { Node } from '../../src/onnx/ir/node.ts';
import { Value } from '../../src/onnx/ir/value.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { GraphBuilder } from '../../src/testing/build-graph.ts';
import { optimizedOperators, quantizeGraph } from '../../src/testing/quantize-graph.ts';
import { addNamedConv, addRelu } from '../../src/testing/small-nets.ts';
import { f32 } from '../../src/testing/tensors.ts';
import { quantizeAndCompare, runner, states } from './quantize-and-compare.ts';

const same = [4, 4] as const;

function classifier(): Model {
  const b = new GraphBuilder();
  const first = addRelu(b, 'relu', addNamedConv(b, 'conv', b.input('x', ['n', 4, 6, 6]), same));
  const flat = b.node('Flatten', [b.node('GlobalAveragePool', [first], { name: 'gap' })], { name: 'flat' });
  return b.model(13, b.node('Gemm', [flat, b.weights('w', [4, 3])], { name: 'head', outputs: ['y'] }));
}

describe('nothing is skipped in silence', () => {
  it('microsoft/onnxruntime#24459: every layer is in the report, those left in float with the reason', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    const computed = b.node(
      'Conv',
      [addNamedConv(b, 'a', x, same), b.node('Tanh', [b.weights('w', [4, 4, 1, 1])])],
      {
        name: 'folded',
        outputs: ['folded_out'],
      },
    );
    const fed = b.node('Conv', [computed, b.input('w2', [1, 4, 1, 1])], {
      name: 'fed',
      outputs: ['fed_out'],
    });
    const up = b.node('ConvTranspose', [fed, b.weights('w3', [1, 4, 2, 2])], {
      name: 'up',
      outputs: ['up_out'],
    });
    const result = await quantizeGraph(runner, b.model(13, addNamedConv(b, 'last', up, same)));
    expect(states(result)).toEqual({
      a: 'quantized',
      folded: 'quantized',
      fed: 'float',
      up: 'float',
      last: 'quantized',
    });
    for (const { state, reason } of result.layers) if (state === 'float') expect(reason).not.toBe('');
    expect(result.layers.find(({ name }) => name === 'fed')?.reason).toBe('its weight is not a constant');
  });

  it('intel/neural-compressor#1302: the file really gets smaller, to little more than a quarter', async () => {
    const b = new GraphBuilder();
    const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', [1, 64, 8, 8]), [64, 64]));
    const model = b.model(13, addNamedConv(b, 'd', first, [64, 64]));
    const { model: result } = await quantizeGraph(runner, model);
    const [before, after] = [await modelToBytes(model), await modelToBytes(result)];
    expect(after.byteLength / before.byteLength).toBeLessThan(0.28);
  });

  it('a model in which nothing can be quantized is refused with the reason, not copied', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, b.node('Conv', [b.input('x', [1, 4, 6, 6]), b.input('w', [4, 4, 1, 1])]));
    await expect(quantizeGraph(runner, model)).rejects.toMatchObject({
      code: 'nothing-to-quantize',
      got: 'its weight is not a constant',
    });
  });
});

describe('which layers', () => {
  const model = () => {
    const b = new GraphBuilder();
    let x = b.input('x', [1, 4, 6, 6]);
    for (const name of ['/stem/conv', '/block.0/conv', '/block.1/conv'])
      x = addRelu(b, `${name}/relu`, addNamedConv(b, name, x, same));
    const attributes = { group: 4 };
    x = addNamedConv(b, '/block.1/dw', x, same, { attributes });
    const flat = b.node('Flatten', [x], { name: 'flat' });
    return b.model(13, b.node('Gemm', [flat, b.weights('w', [144, 3])], { name: '/head/fc' }));
  };

  it.each([
    [['/block*'], ['/block.0/conv', '/block.1/conv', '/block.1/dw']],
    [['type:Gemm'], ['/head/fc']],
    [['is:depthwise'], ['/block.1/dw']],
    [['re:^/(stem|head)/'], ['/stem/conv', '/head/fc']],
  ])('microsoft/onnxruntime#13863, huggingface/optimum#151: %j leaves out %j', async (exclude, expected) => {
    const result = await quantizeAndCompare(model(), { exclude });
    const float = result.layers.filter(({ state, opType }) => state === 'float' && opType !== 'Flatten');
    expect(float.map(({ name }) => name)).toEqual(expected);
    expect(float.every(({ reason }) => reason === 'excluded')).toBe(true);
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('intel/neural-compressor#2261: where the limit cannot be met the best model is handed out, and said to be so', async () => {
    const model = classifier();
    const x = f32([40, 4, 6, 6], 'x');
    const session = await runner.load(await modelToBytes(model));
    const { y } = await session.run({ x });
    // The model's own answers: it is right until the engine turns them round.
    const scores = Float32Array.from({ length: 40 * 3 }, (_, i) => Number(y.data[i]));
    const labels = argmaxRows(scores, 3, { output: 'y', firstSample: 0 });
    const data = datasetFromTensors({ inputs: { x }, labels });
    const options = { maxDrop: 0, samples: 10 };
    const { model: result, limits } = await quantizeGraph(wrongOnceQuantized(), model, options, data);
    expect(limits).toMatchObject([{ name: 'max-drop', wanted: 0, met: false }]);
    expect(limits[0].got).toBeGreaterThan(0);
    const best = await runner.load(await modelToBytes(result));
    expect((await best.run({ x })).y.shape).toEqual([40, 3]);
    await session.close();
    await best.close();
  });

  it('microsoft/onnxruntime#6732, #17389: which layers are faster in float is measured, and recorded for a replay', async () => {
    const data = datasetFromTensors({ inputs: { x: f32([8, 4, 6, 6], 'x') } });
    const first = await quantizeGraph(runner, classifier(), { keepFastest: true }, data);
    expect(first.resolved.floatLayers).toBeDefined();
    const again = await quantizeGraph(runner, classifier(), first.resolved, data);
    expect(states(again)).toEqual(states(first));
    expect(await modelToBytes(again.model)).toEqual(await modelToBytes(first.model));
  });
});

/** The engine, which turns its scores round as soon as it has seen a quantized model: no choice of layers keeps a limit. */
function wrongOnceQuantized(): Runner {
  let isSpoiled = false;
  return {
    ...runner,
    async load(bytes, options) {
      const session = await runner.load(bytes, options);
      isSpoiled ||= Buffer.from(bytes).includes('QuantizeLinear');
      const isWrong = isSpoiled;
      return {
        ...session,
        async run(feeds, fetches) {
          const results = await session.run(feeds, fetches);
          if (!isWrong || !results.y) return results;
          const data = Float32Array.from(
            { length: results.y.data.length },
            (_, i) => -Number(results.y.data[i]),
          );
          return { ...results, y: { ...results.y, data } };
        },
      };
    },
  };
}

describe('what the engine gets', () => {
  it('microsoft/onnxruntime#3130, #12558, #15888: convolutions never become ConvInteger', async () => {
    const { model } = await quantizeGraph(runner, classifier());
    expect([...model.graph.nodes].filter(({ opType }) => opType === 'ConvInteger')).toEqual([]);
    const operators = await optimizedOperators(runner, model);
    expect(operators.ConvInteger).toBeUndefined();
    expect(operators.QLinearConv).toBe(1);
  });

  it('qualcomm/aimet#4006: only operators of ONNX itself are written', async () => {
    const { model } = await quantizeGraph(runner, classifier());
    expect([...model.opsetImports.keys()]).toEqual(['']);
    expect([...model.graph.nodes].every(({ domain }) => domain === '')).toBe(true);
  });

  it('microsoft/onnxruntime#26615, #10957: what the engine refuses is said in words, with a code that has a name', async () => {
    const model = classifier();
    model.graph.add(new Node({ opType: 'NoSuchOperator', inputs: [], outputs: [new Value('z')] }));
    const refused = runner.load(await modelToBytes(model));
    await expect(refused).rejects.toMatchObject({
      code: 'engine-refused-model',
      message: expect.stringContaining('NoSuchOperator'),
    });
    const session = await runner.load(await modelToBytes(classifier()));
    await expect(session.run({ x: f32([1, 3, 6, 6], 'x') })).rejects.toMatchObject({
      code: 'run-failed',
      message: expect.stringMatching(/x.*(dimension|Got: 3 Expected: 4)/s),
    });
    await session.close();
  });
});
