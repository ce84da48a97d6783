import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { f32, floats } from '../testing/tensors.ts';
import { biasCodes, biasScales } from './bias-codes.ts';
import { channelLayout, channelMagnitudes } from './channel-layout.ts';
import type { Format } from './format.ts';
import { formats } from './formats/index.generated.ts';
import { layerGrid } from './layer-grid.ts';
import { codedWeight, decodedWeight, weightCodes, weightError } from './quantized-weight.ts';
import { weightGrid } from './weight-grid.ts';
import { weightScales } from './weight-scales.ts';

const full = { min: -127, max: 127 };
const reduced = { min: -64, max: 64 };
const INT32_MAX = 2 ** 31 - 1;

describe('channelMagnitudes', () => {
  it.each([
    ['Conv [3, 2, 1, 2], channels on axis 0', [3, 2, 1, 2], 0, [4, 8, 12]],
    ['Gemm without transB [3, 4], on axis 1', [3, 4], 1, [9, 10, 11, 12]],
    ['Gemm with transB [3, 4], on axis 0', [3, 4], 0, [4, 8, 12]],
    ['one for all', [3, 4], undefined, [12]],
  ] as const)('%s', (_, shape, axis, expected) => {
    const weights = Float32Array.from({ length: 12 }, (_, i) => (i % 2 ? 1 : -1) * (i + 1));
    expect(Array.from(channelMagnitudes(weights, channelLayout(shape, axis)))).toEqual(expected);
  });
});

describe('weightScales', () => {
  it('is the largest magnitude over the largest code', () => {
    const magnitudes = Float64Array.of(1, 127, 0.5);
    expect(Array.from(weightScales(magnitudes, full))).toEqual([1 / 127, 1, 0.5 / 127].map(Math.fround));
    expect(Array.from(weightScales(magnitudes, reduced))).toEqual(
      [1 / 64, 127 / 64, 0.5 / 64].map(Math.fround),
    );
  });

  it('is 1 for channels of zeros, or of what is too small for a normal step', () => {
    expect(Array.from(weightScales(Float64Array.of(0, 1e-40), full))).toEqual([1, 1]);
  });

  it('is raised only where the bias would not fit 32 bits, to where it just does', () => {
    const bias = Float32Array.of(1e4, 1e4, -1e9, 0);
    const scales = weightScales(Float64Array.of(1, 1e-6, 1, 1e-6), full, 0.01, bias);
    expect(scales[0]).toBe(Math.fround(1 / 127));
    expect(scales[3]).toBe(Math.fround(1e-6 / 127));
    for (const channel of [1, 2]) {
      const code = Math.abs(bias[channel] / (0.01 * scales[channel]));
      expect(code).toBeLessThanOrEqual(INT32_MAX);
      expect(code).toBeGreaterThan(INT32_MAX * 0.999);
    }
  });

  it('regards the largest bias where one scale serves all channels', () => {
    const [scale] = weightScales(Float64Array.of(1e-6), full, 0.01, Float32Array.of(1, -1e4, 3));
    expect(1e4 / (0.01 * scale)).toBeLessThanOrEqual(INT32_MAX);
    expect(1e4 / (0.01 * scale)).toBeGreaterThan(INT32_MAX * 0.999);
  });

  it('leaves every bias within half a step of 32 bits', () => {
    const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, (magnitude, inputScale, b) => {
        const bias = Float32Array.of(b);
        const input = Math.fround(inputScale);
        const scales = biasScales(input, weightScales(Float64Array.of(magnitude), full, input, bias));
        const [code] = biasCodes(bias, scales);
        // The step itself is float32: half a unit in the last place of the bias more.
        expect(Math.abs(code * scales[0] - bias[0])).toBeLessThanOrEqual(scales[0] / 2 + bias[0] * 2 ** -24);
      }),
    );
  });
});

describe('biasCodes', () => {
  it('rounds ties to even and saturates', () => {
    const bias = Float32Array.of(0.5, 1.5, -0.5, -2.5, 1e30, -1e30);
    expect(Array.from(biasCodes(bias, Float32Array.of(1)))).toEqual([0, 2, 0, -2, INT32_MAX, -INT32_MAX]);
  });

  it('takes a scale a channel', () => {
    expect(Array.from(biasCodes(Float32Array.of(1, 1), Float32Array.of(0.5, 0.25)))).toEqual([2, 4]);
  });
});

const weightFormats: [string, Format][] = ['int8', 'uint8', 'int16', 'uint16'].map((name) => [
  name,
  formats[name as keyof typeof formats],
]);

describe.each(weightFormats)('weights as %s', (_, format) => {
  it.each([
    ['per output channel', [4, 3, 2], 0],
    ['per column', [6, 4], 1],
    ['per tensor', [6, 4], undefined],
  ] as const)('are within half a step, %s', async (_, shape, axis) => {
    const weight = f32(shape, 'weight');
    const { inner, channels } = channelLayout(shape, axis);
    const grid = weightGrid(weight.data, shape, { format, axis, reduceRange: false });
    const source = codedWeight(tensorSourceOfTensor(weight), grid);
    const { data, dtype } = await readTensorSource(source);
    expect([dtype, source.byteLength]).toEqual([format.dtype, (await source.read()).byteLength]);
    weight.data.forEach((w, i) => {
      const scale = grid.scales[Math.floor(i / inner) % channels];
      // The division is rounded to float32, and symmetric unsigned grids end half a step before the largest weight.
      expect(Math.abs((Number(data[i]) - grid.zeroPoint) * scale - w)).toBeLessThanOrEqual(
        scale * (0.5 + 5e-3),
      );
    });
    const codes = Array.from<number | bigint | string, number>(data, Number);
    const reaches = Math.max(...codes.map((code) => Math.abs(code - grid.zeroPoint)));
    expect(reaches).toBeGreaterThanOrEqual((grid.codes.max - grid.codes.min) / 2 - 0.5);
  });

  it('keep to the codes of the reduced range', () => {
    const weight = f32([2, 50], 'seven');
    const grid = weightGrid(weight.data, [2, 50], { format, axis: 0, reduceRange: true });
    const codes = Array.from(weightCodes(weight.data, [2, 50], grid));
    expect(
      [Math.min(...codes), Math.max(...codes)].every(
        (code) => code >= grid.codes.min && code <= grid.codes.max,
      ),
    ).toBe(true);
    expect(grid.codes).toEqual(format.codes.reduced);
  });

  it('the error is what is decoded less what was', async () => {
    const weight = f32([3, 5], 'error');
    const goal = { format, axis: 0, reduceRange: false };
    const { data } = await readTensorSource(weightError(tensorSourceOfTensor(weight), goal));
    const grid = weightGrid(weight.data, [3, 5], goal);
    const codes = weightCodes(weight.data, [3, 5], grid);
    const decoded = decodedWeight(weight.data, [3, 5], grid);
    weight.data.forEach((w, i) => {
      const value = (codes[i] - grid.zeroPoint) * grid.scales[Math.floor(i / 5)];
      expect(data[i]).toBe(Math.fround(value - w));
      expect(decoded[i]).toBe(Math.fround(value));
    });
  });
});

describe('weightGrid', () => {
  const weights = Float32Array.of(-1, 0, 2, 3);

  it('is centred on zero for signed formats, and by channel', () => {
    const goal = { format: formats.uint8, axis: 0, reduceRange: false };
    const grid = weightGrid(weights, [2, 2], goal);
    expect([grid.zeroPoint, ...grid.scales]).toEqual([128, Math.fround(2 / 255), Math.fround(6 / 255)]);
    expect(weightGrid(weights, [2, 2], { ...goal, format: formats.int8 }).zeroPoint).toBe(0);
  });

  it('reaches from smallest to largest where one unsigned grid serves all', () => {
    const grid = weightGrid(weights, [2, 2], { format: formats.uint8, axis: undefined, reduceRange: false });
    expect([grid.zeroPoint, ...grid.scales]).toEqual([64, Math.fround(4 / 255)]);
  });

  it('raises the scale for the largest bias of all groups that share it', () => {
    const bias = Float32Array.of(0, 1, 0, 1e9);
    const goal = { format: formats.int8, axis: 1, reduceRange: false };
    const { scales } = weightGrid(weights, [2, 2], goal, { inputScale: 1, bias });
    expect(scales[0]).toBe(Math.fround(2 / 127));
    expect(1e9 / scales[1]).toBeLessThanOrEqual(INT32_MAX);
    expect(1e9 / scales[1]).toBeGreaterThan(INT32_MAX * 0.999);
  });
});

describe('layerGrid', () => {
  function layer(weights: number[], bias: number[]) {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [1, 2]), b.constant('w', floats([2, 2], weights))];
    if (bias.length > 0) inputs.push(b.constant('bias', floats([2], bias)));
    return b.nodeOf('Gemm', inputs, { attributes: { transB: 1 } });
  }
  const options = { axis: 0, inputScale: 1, format: formats.int8, reduceRange: false };

  it('reads weight and bias', async () => {
    const { scales } = await layerGrid(layer([1, -2, 3, 4], [0, 1e9]), options);
    expect(scales[0]).toBe(Math.fround(2 / 127));
    expect(scales[1]).toBeGreaterThan(4 / 127);
    expect(Array.from((await layerGrid(layer([1, -2, 3, 4], []), options)).scales)).toEqual(
      [2 / 127, 4 / 127].map(Math.fround),
    );
  });

  it.each<[string, number[], number[], string, number]>([
    ['NaN', [1, 2, Number.NaN, 4], [], 'w', 2],
    ['Infinity', [1, 2, 3, Infinity], [], 'w', 3],
    ['-Infinity', [1, 2, 3, 4], [-Infinity, 0], 'bias', 0],
  ])('refuses %s, by name of the tensor', async (value, weights, bias, where, index) => {
    await expect(layerGrid(layer(weights, bias), options)).rejects.toMatchObject({
      code: 'non-finite-weight',
      where,
      message: `The weight "${where}" holds ${value} at element ${index}.`,
    });
  });
});
