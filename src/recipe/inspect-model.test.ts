import { beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../base/runner.ts';
import { datasetFromTensors } from '../data/dataset-from-tensors.ts';
import type { Model } from '../onnx/ir/model.ts';
import { parseModel } from '../onnx/text/parse-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { x64 } from '../targets/x64.ts';
import { buildQuantized, quantizedModels } from '../testing/quantized-models.ts';
import { floats } from '../testing/tensors.ts';
import { inspectModel } from './inspect-model.ts';

let runner: Runner;
beforeAll(async () => {
  runner = await ortNode();
});

const HEADER = '<ir_version: 9, opset_import: ["" : 17, "com.microsoft" : 1]>\n';

function inspect(
  model: Model | string,
  more: { ranges?: boolean; data?: ReturnType<typeof datasetFromTensors> } = {},
) {
  const options = { target: x64, runner, ranges: true, samples: 10, seed: 0, threads: 1, ...more };
  return inspectModel(typeof model === 'string' ? parseModel(HEADER + model) : model, options);
}

describe('formats of weights', () => {
  const expected: Record<string, [format: string, state: string, parameters: number]> = {
    'Q/DQ around a convolution': ['int8 per channel', 'integer', 57],
    QLinearConv: ['int8 per channel', 'integer', 57],
    'QGemm with float output': ['int8 per tensor', 'integer', 36],
    'MatMulInteger, one scale a column': ['int8 per tensor', 'integer', 32],
    'both directions, a scale a column': ['int8 per channel', 'integer', 240],
    '4 bits without zero points': ['4-bit block 16', 'integer', 200],
    'Cast · Mul': ['int8 at rest, several scales', 'stored', 32],
    'a codebook behind bits taken from bytes': ['codebook of 16, uint8', 'stored', 32],
    'float16 throughout': ['float16', 'half', 32],
  };

  test.each(Object.entries(expected))('%s', async (what, [format, state, parameters]) => {
    const quantized = quantizedModels.find((candidate) => candidate.what === what)!;
    const { layers } = await inspect(buildQuantized(quantized));
    const layer = [...layers].sort((a, b) => b.parameters - a.parameters)[0];
    expect({ ...layer }).toMatchObject({ format, state, parameters });
  });

  test.each(quantizedModels)('every quantized model can be looked at: $form, $what', async (quantized) => {
    const { layers, nodes } = await inspect(buildQuantized(quantized));
    expect(nodes).toBeGreaterThan(0);
    for (const { format } of layers) expect(format).not.toMatch(/undefined|NaN/);
  });
});

test('ranges are those of the numbers weights stand for; what is not finite is found', async () => {
  const { layers, findings } = await inspect(`g (float[2,2] x) => (float[2,2] z) <
    float[2,2] v = {nan, 1, -inf, -3}, int8[2,2] w = {-128, 4, 0, 127}, float s = {0.5}, float[2] b = {5, 6}
  > { y = Gemm (x, v, b)  d = DequantizeLinear (w, s)  z = MatMul (y, d) }`);
  expect(layers.map(({ range }) => range)).toEqual([
    { min: -3, max: 1 },
    { min: -64, max: 63.5 },
  ]);
  expect(findings).toEqual([
    expect.objectContaining({
      code: 'non-finite-weight',
      where: 'v',
      message: 'The weight "v" holds 1 NaN and 1 infinite numbers.',
    }),
  ]);
});

test('without ranges weights are not read', async () => {
  const model = parseModel(
    `${HEADER} g (float[2,2] x) => (float[2,2] y) <float[2,2] w = {1, 2, 3, 4}> { y = MatMul (x, w) }`,
  );
  const [w] = model.graph.initializers;
  let reads = 0;
  const { initializer } = w;
  const read = () => {
    reads++;
    return initializer!.read();
  };
  w.initializer = { ...initializer!, read };
  const { layers } = await inspect(model, { ranges: false });
  expect(layers[0].range).toBeUndefined();
  // Shape rules look at short constants.
  const before = reads;
  await inspect(model);
  expect(reads).toBe(2 * before + 1);
});

test('ranges of outputs are those of the samples', async () => {
  const data = datasetFromTensors({ inputs: { x: floats([3, 2], [1, -2, 3, 4, -5, 6]) } });
  const { layers } = await inspect(
    'g (float[N,2] x) => (float[N,2] y) <float[2] w = {1, 10}> { y = Mul (x, w) }',
    { data },
  );
  expect(layers[0].outputRange).toEqual({ min: -20, max: 60 });
});

test('bodies, unknown operators and functions are told of', async () => {
  const { operators, layers, findings } = await inspect(`g (float[1,2] x, bool c) => (float[1,2] z) {
    y = If (c) <
      then_branch = a () => (float[1,2] p) <float[2,2] w = {1, 2, 3, 4}> { p = MatMul (x, w) },
      else_branch = b () => (float[1,2] q) { q = com.microsoft.Strange (x) }
    >
    z = Neg (y)
  }`);
  expect(operators.map(({ opType, isKnown }) => [opType, isKnown])).toContainEqual(['Strange', false]);
  expect(layers).toMatchObject([
    { name: 'p', opType: 'MatMul', macs: 4, state: 'weights', reason: 'it is in a body' },
  ]);
  expect(findings.map(({ code, where }) => [code, where])).toEqual([['unknown-operator', 'Strange']]);
});

test('what cleaning folds, and what static quantization makes of the rest', async () => {
  const { layers, isCleaned } = await inspect(`g (float[1,1,3,3] x) => (float[1,2,3,3] z) <
    float[2,1,1,1] w = {1, 2}, float[2] s = {1, 2}, float[2] v = {3, 4}, float[2] o = {0, 1}
  > { y = Conv (x, w)  n = BatchNormalization (y, s, o, o, v)  z = Softplus (n) }`);
  expect(isCleaned).toBe(true);
  expect(layers.map(({ opType, state, reason }) => [opType, state, reason])).toEqual([
    ['Conv', 'static', ''],
    ['BatchNormalization', 'fold', 'into y'],
  ]);
});

test('a model is left as it is, and a large one is planned as it is', async () => {
  const chain = Array.from({ length: 2_100 }, (_, i) => `v${i + 1} = Relu (v${i})`).join('\n');
  const model = parseModel(`${HEADER} g (float[1] v0) => (float[1] v2100) { ${chain} }`);
  const { isCleaned, findings, nodes } = await inspect(model);
  expect({ isCleaned, nodes }).toEqual({ isCleaned: false, nodes: 2_100 });
  expect(findings.map(({ code }) => code)).toEqual(['planned-uncleaned']);
  expect(model.graph.nodes.size).toBe(2_100);
});
