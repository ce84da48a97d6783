import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import type { Runner } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import { parseModel } from '../../onnx/text/parse-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import { elementReader } from '../../tensor/element-reader.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32 } from '../../testing/tensors.ts';
import { dequantize } from './dequantize.ts';
import type { Saturation } from './options.ts';

let runner: Runner;
beforeAll(async () => {
  runner = await ortNode();
});

const fixtures = join(import.meta.dirname, 'fixtures');
const names = readdirSync(fixtures).filter((name) => name.endsWith('.onnxtxt'));

function float(model: Model, saturation: Saturation = 'keep') {
  return dequantize(cloneModel(model), { saturation }, runner);
}

type Feeds = Readonly<Record<string, Tensor>>;

async function sqnrOf(model: Model, result: Model, before: Feeds, after = before): Promise<number> {
  const [expected, actual] = [await runModel(runner, model, before), await runModel(runner, result, after)];
  const errors = new ErrorStatistics();
  for (const [name, output] of Object.entries(expected)) errors.add(numbers(output), numbers(actual[name]));
  return errors.sqnrDb;
}

function numbers(tensor: Tensor): Float32Array {
  const reader = elementReader(tensor.dtype, bytesOfTensor(tensor));
  return Float32Array.from({ length: tensor.data.length }, (_, i) => reader?.(i) ?? Number.NaN);
}

/** The input of the fixtures' convolutions, in half and the same numbers as float32. */
function halfFeeds(): [Feeds, Feeds] {
  const shape = [1, 2, 6, 6];
  const data = Uint16Array.from({ length: 72 }, (_, i) => ((i % 3) << 15) | (0x3800 + i * 13));
  const x: Tensor = { dtype: 'float16', shape, data };
  return [{ x }, { x: { dtype: 'float', shape, data: numbers(x) } }];
}

function operators({ graph }: Model): string[] {
  return [...graph.nodes].map(({ opType }) => opType);
}

describe('models of onnxruntime.quantization', () => {
  test.each(names)('%s becomes float', async (name) => {
    const model = parseModel(readFileSync(join(fixtures, name), 'utf8'));
    const { model: result, layers } = await float(model);
    const isHalf = model.graph.inputs.some(({ type }) => type?.kind === 'tensor' && type.dtype === 'float16');
    const [before, after] = isHalf ? halfFeeds() : [randomFeeds(model), randomFeeds(model)];
    expect(await sqnrOf(model, result, before, after)).toBeGreaterThan(25);
    expect([...result.opsetImports.keys()]).toEqual(['']);
    // Of pairs on float weights nothing is decoded.
    expect(layers.length > 0).toBe(name !== 'static-int16.onnxtxt');
    const halves = [...result.graph.initializers].filter(
      ({ initializer }) => initializer?.dtype === 'float16',
    );
    expect(halves).toEqual([]);
  });
});

const HEADER = '<ir_version: 9, opset_import: ["" : 17, "com.microsoft" : 1]>\n';

/** A convolution without a bias between codes; `behind` is what makes `y` of the sums `c`. */
function convModel(behind: string, zeroPoint: number): Model {
  return parseModel(`${HEADER} g (float[1,1,3,3] x) => (float[1,1,3,3] z) <
    float s = {0.1}, uint8 zero = {${zeroPoint}}, uint8 middle = {128}, int8[1,1,1,1] q = {50}, float ws = {0.1}
  > {
    xq = QuantizeLinear (x, s, middle)
    xf = DequantizeLinear (xq, s, middle)
    w = DequantizeLinear (q, ws)
    c = Conv (xf, w)
    ${behind}
    yq = QuantizeLinear (y, s, zero)
    z = DequantizeLinear (yq, s, zero)
  }`);
}

describe('what saturation may stand for', () => {
  const identity = 'y = Identity (c)';

  test.each<[Saturation, string[], number[]]>([
    ['keep', ['Conv', 'Clip'], [0, 25.5]],
    ['zero', ['Conv', 'Relu'], []],
    ['drop', ['Conv'], []],
  ])('behind a layer: %s', async (saturation, expected, bounds) => {
    const { model } = await float(convModel(identity, 0), saturation);
    expect(operators(model)).toEqual(expected);
    const clip = [...model.graph.nodes].find(({ opType }) => opType === 'Clip');
    const values = await Promise.all(
      (clip?.inputs.slice(1) ?? []).map(async (v) =>
        Number((await readTensorSource(v!.initializer!)).data[0]),
      ),
    );
    expect(values).toEqual(bounds.map(Math.fround));
  });

  test('cuts on both sides are kept too', async () => {
    expect(operators((await float(convModel(identity, 100))).model)).toEqual(['Conv', 'Clip']);
    expect(operators((await float(convModel(identity, 100), 'zero')).model)).toEqual(['Conv']);
  });

  test('highest code 0 cuts at 0 from above', async () => {
    const { model } = await float(convModel(identity, 255), 'zero');
    expect(operators(model)).toEqual(['Conv', 'Clip']);
    const feeds = { x: f32([1, 1, 3, 3], 'x') };
    expect(Math.max(...Array.from((await runModel(runner, model, feeds)).z.data, Number))).toBe(0);
  });

  test.each(['y = Relu (c)', 'y = Sigmoid (c)', 'r = Relu (c) y = Transpose (r)'])(
    'an operator of a known range hides no clamp: %s',
    async (behind) => {
      const types = operators((await float(convModel(behind, 0))).model);
      expect(types).not.toContain('Clip');
    },
  );
});

describe('refused by name', () => {
  const io = '(float[2,2] x) => (float[2,2] y)';
  const grid = 'float s = {0.1}, uint8 z = {128}, float t = {0.2}';
  test.each([
    [
      'an operator that computes with codes',
      `g ${io} <${grid}> { q = QuantizeLinear (x, s, z) r = Max (q, q) y = DequantizeLinear (r, s, z) }`,
      /^Max "r" .* computes with codes/,
    ],
    [
      'codes read by another scale',
      `g ${io} <${grid}> { q = QuantizeLinear (x, s, z) y = DequantizeLinear (q, t, z) }`,
      /^QuantizeLinear "q" .* another scale/,
    ],
    [
      'an unknown quantized operator',
      `g ${io} <float[2,2] w = {1, 2, 3, 4}> { y = com.microsoft.QOrderedMatMul (x, w) }`,
      /^com.microsoft.QOrderedMatMul "y" .* not known/,
    ],
    [
      'sums without a scale',
      `g ${io} <int8[2,2] w = {1, 2, 3, 4}> {
        q, s, z = DynamicQuantizeLinear (x) p = MatMulInteger (q, w, z) y = Cast <to: int = 1> (p) }`,
      /^MatMulInteger "p" .* scale of its data/,
    ],
    [
      'a permuted weight',
      `g ${io} <uint8[2,1,8] w = {1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1}, float[2,1] s = {1, 1}, int32[2] i = {0, 0}> {
        y = com.microsoft.MatMulNBits <N: int = 2, K: int = 2, bits: int = 4, block_size: int = 16> (x, w, s, , i) }`,
      /^com.microsoft.MatMulNBits "y" .*g_idx/,
    ],
    [
      'scales of another length than the channels',
      `g ${io} <int8[2,2] w = {1, 2, 3, 4}, float[3] s = {1, 2, 3}> { f = DequantizeLinear (w, s) y = Add (x, f) }`,
      /"w" does not fit its parameters: 3 scales/,
    ],
    ['a float model', `g ${io} { y = Relu (x) }`, /nothing that is quantized/],
  ])('%s', async (_, text, message) => {
    const refused = float(parseModel(HEADER + text));
    await expect(refused).rejects.toThrow(PareError);
    await expect(refused).rejects.toThrow(message);
  });

  test('functions that hold quantized operators', async () => {
    const model = parseModel(`${HEADER.replace(']', ', "local" : 1]')} g ${io} { y = local.F (x) }`);
    const body = parseModel(
      `${HEADER} f ${io} <${grid}> { q = QuantizeLinear (x, s, z) y = DequantizeLinear (q, s, z) }`,
    );
    const rest = {
      overload: '',
      docString: '',
      attributeNames: [],
      attributeDefaults: new Map(),
      foreign: undefined,
    };
    model.functions = [
      {
        name: 'F',
        domain: 'local',
        graph: body.graph,
        opsetImports: new Map(),
        metadata: new Map(),
        ...rest,
      },
    ];
    await expect(float(model)).rejects.toThrow(/function "F" holds QuantizeLinear/);
  });
});

test('a model of operator set 10 is raised to where Clip takes bounds', async () => {
  const model = convModel('y = Identity (c)', 0);
  model.opsetImports.set('', 10);
  model.opsetImports.delete('com.microsoft');
  const { model: result } = await float(model);
  expect(result.opset).toBe(11);
  expect(await sqnrOf(model, result, { x: f32([1, 1, 3, 3], 'x') })).toBeGreaterThan(25);
});

test('half-precision inputs, outputs and casts become float32, bfloat16 too', async () => {
  const model =
    parseModel(`${HEADER} g (float16[2] x) => (float16[2] y, float[2] z) <bfloat16[2] w = {16320, 49152}> {
    y = Neg (x)
    f = Cast <to: int = 1> (y)
    g = Cast <to: int = 16> (f)
    h = Mul (g, w)
    z = Cast <to: int = 1> (h)
  }`);
  const { model: result } = await float(model);
  expect(operators(result)).toEqual(['Neg', 'Mul']);
  const { y, z } = await runModel(runner, result, { x: f32([2], 'x') });
  expect([y.dtype, z.dtype]).toEqual(['float', 'float']);
  expect(z.data).toEqual(Float32Array.of(Number(y.data[0]) * 1.5, Number(y.data[1]) * -2));
});
