import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import {
  type GivenOptions,
  normalDataset,
  optimizedOperators,
  quantizeGraph,
} from '../testing/quantize-graph.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';

const runner = await ortNode();
const CHANNELS = 8;
/**
 * Of nets of at most eight layers, on the samples they were calibrated with. Eight bits give some 40 dB a layer; sums of
 * a few layers' errors, averages over maps of which little is left, and clamps that cut most of the energy take their part.
 */
const SQNR_DB = 18;

/** What the engine calls an operator when it computes in integers, and in float. */
const kernels: Record<string, { integer: string[]; float: string[] }> = {
  Conv: { integer: ['QLinearConv'], float: ['Conv', 'FusedConv'] },
  Gemm: { integer: ['QGemm'], float: ['Gemm', 'FusedGemm'] },
  Add: { integer: ['QLinearAdd'], float: ['Add'] },
  Mul: { integer: ['QLinearMul'], float: ['Mul'] },
  Concat: { integer: ['QLinearConcat'], float: ['Concat'] },
  AveragePool: { integer: ['QLinearAveragePool'], float: ['AveragePool'] },
  GlobalAveragePool: { integer: ['QLinearGlobalAveragePool'], float: ['GlobalAveragePool'] },
  Sigmoid: { integer: ['QLinearSigmoid'], float: ['Sigmoid'] },
  LeakyRelu: { integer: ['QLinearLeakyRelu'], float: ['LeakyRelu'] },
  Softmax: { integer: ['QLinearSoftmax'], float: ['Softmax'] },
};

type Layer = (b: GraphBuilder, name: string, x: Value, skip: Value) => Value;
const pool = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
const same = [CHANNELS, CHANNELS] as const;
/** All keep the shape [1, 8, 6, 6], so that any may follow any, and be added to any. */
const layers: Record<string, Layer> = {
  conv: (b, name, x) => addNamedConv(b, name, x, same),
  pointwise: (b, name, x) => addNamedConv(b, name, x, same, { kernel: 1, hasBias: false }),
  depthwise: (b, name, x) => addNamedConv(b, name, x, same, { attributes: { group: CHANNELS } }),
  relu: (b, name, x) => addRelu(b, name, x),
  relu6: (b, name, x) => addClip(b, name, x, 0, 6),
  lifted: (b, name, x) => addClip(b, name, x, 0.25, 9),
  floor: (b, name, x) => addClip(b, name, x, -0.5),
  add: (b, name, x, skip) => b.node('Add', [x, skip], { name }),
  mul: (b, name, x, skip) =>
    b.node('Mul', [x, b.node('Sigmoid', [skip], { name: `${name}-gate` })], { name }),
  concat: (b, name, x, skip) =>
    addNamedConv(b, name, b.node('Concat', [x, skip], { name: `${name}-join`, attributes: { axis: 1 } }), [
      2 * CHANNELS,
      CHANNELS,
    ]),
  maxpool: (b, name, x) => b.node('MaxPool', [x], { name, attributes: pool }),
  average: (b, name, x) => b.node('AveragePool', [x], { name, attributes: pool }),
  transpose: (b, name, x) => b.node('Transpose', [x], { name, attributes: { perm: [0, 1, 3, 2] } }),
  leaky: (b, name, x) => b.node('LeakyRelu', [x], { name }),
  tanh: (b, name, x) => b.node('Tanh', [x], { name }),
  softmax: (b, name, x) => b.node('Softmax', [x], { name, attributes: { axis: 1 } }),
};

interface Net {
  layers: { kind: string; skip: number }[];
  hasHead: boolean;
  /** Which value in between is an output too. */
  tap: number;
}

const net: fc.Arbitrary<Net> = fc.record({
  layers: fc.array(fc.record({ kind: fc.constantFrom(...Object.keys(layers)), skip: fc.nat(4) }), {
    minLength: 1,
    maxLength: 7,
  }),
  hasHead: fc.boolean(),
  tap: fc.nat(30),
});

function build(plan: Net): Model {
  const b = new GraphBuilder();
  const values = [addNamedConv(b, 'stem', b.input('x', [1, 3, 6, 6]), [3, CHANNELS])];
  plan.layers.forEach(({ kind, skip }, i) => {
    const earlier = values[Math.max(0, values.length - 1 - skip)];
    values.push(layers[kind](b, `${kind}-${i}`, values[values.length - 1], earlier));
  });
  const last = values[values.length - 1];
  const tapped = values[plan.tap];
  const outputs = tapped && tapped !== last ? [tapped] : [];
  return b.model(13, plan.hasHead ? head(b, last) : addNamedConv(b, 'tail', last, same), ...outputs);
}

function head(b: GraphBuilder, x: Value): Value {
  const flat = b.node('Flatten', [b.node('GlobalAveragePool', [x], { name: 'gap' })], { name: 'flat' });
  const inputs = [flat, b.weights('head.w', [10, CHANNELS]), b.weights('head.b', [10])];
  return b.node('Gemm', inputs, { name: 'head', attributes: { transB: 1 } });
}

/** SQNR of each output over the samples. */
async function qualities(before: Model, after: Model, data: Dataset): Promise<number[]> {
  const { modelToBytes } = await import('../onnx/write/write-model.ts');
  const [a, b] = [
    await runner.load(await modelToBytes(before)),
    await runner.load(await modelToBytes(after)),
  ];
  const errors = before.graph.outputs.map(() => new ErrorStatistics());
  for await (const { inputs } of data.batches({ batchSize: 1 })) {
    const [expected, got] = [await a.run(inputs), await b.run(inputs)];
    before.graph.outputs.forEach(({ name }, i) => {
      errors[i].add(expected[name].data as Float32Array, got[name].data as Float32Array);
    });
  }
  await a.close();
  await b.close();
  return errors.map(({ sqnrDb }) => sqnrDb);
}

async function expectHonest(model: Model, options: GivenOptions): Promise<void> {
  const data = normalDataset(model, 6);
  const result = await quantizeGraph(runner, model, options, data);
  const operators = await optimizedOperators(runner, result.model);
  for (const [opType, { integer, float }] of Object.entries(kernels)) {
    const reported = result.layers.filter((layer) => layer.opType === opType);
    const count = (names: string[]) => names.reduce((sum, name) => sum + (operators[name] ?? 0), 0);
    const quantized = reported.filter(({ state }) => state === 'quantized').length;
    expect({ opType, integer: count(integer) }).toEqual({ opType, integer: quantized });
    // Float operators may have become part of a float layer (Conv + LeakyRelu).
    expect(count(float)).toBeLessThanOrEqual(reported.length - quantized);
  }
  expect(result.warnings.filter(({ code }) => code !== 'guarded')).toEqual([]);
  for (const quality of await qualities(model, result.model, data)) expect(quality).toBeGreaterThan(SQNR_DB);
}

describe('quantize', () => {
  it('computes in integers what it says, and nothing else, close to the float model', async () => {
    await fc.assert(
      fc.asyncProperty(net, (plan) => expectHonest(build(plan), {})),
      { numRuns: 40 },
    );
  });

  it('also with nodes left out', async () => {
    const excluded = fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(net, excluded, (plan, picks) => {
        const model = build(plan);
        const names = [...model.graph.nodes].map(({ name }) => name).filter((name) => name !== 'stem');
        const exclude = [...new Set(picks.map((pick) => names[pick % names.length]))];
        return expectHonest(model, { exclude });
      }),
      { numRuns: 40 },
    );
  });

  it('also with one scale a tensor', async () => {
    await fc.assert(
      fc.asyncProperty(net, (plan) =>
        expectHonest(build(plan), { granularity: 'tensor', biasCorrection: false }),
      ),
      { numRuns: 10 },
    );
  });
});
