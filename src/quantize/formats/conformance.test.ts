import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32, floats } from '../../testing/tensors.ts';
import { codesArray } from '../codes-array.ts';
import type { Format } from '../format.ts';
import { codeOf, codeRange, type Grid, gridOfRange } from '../grid.ts';
import { formats } from './index.generated.ts';

const runner = await ortNode();

/** research/quantization.md §1.2: full, symmetric, reduced. */
const ranges: Record<string, [number, number][]> = {
  int8: [
    [-128, 127],
    [-127, 127],
    [-64, 64],
  ],
  uint8: [
    [0, 255],
    [0, 255],
    [0, 127],
  ],
  int16: [
    [-32768, 32767],
    [-32767, 32767],
    [-16384, 16384],
  ],
  uint16: [
    [0, 65535],
    [0, 65535],
    [0, 32767],
  ],
  int4: [
    [-8, 7],
    [-8, 7],
    [-4, 3],
  ],
  uint4: [
    [0, 15],
    [0, 15],
    [0, 7],
  ],
};
const storage: Record<string, [number, number]> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int4: [-8, 7],
  uint4: [0, 15],
};
const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 100), max: 2 ** 100 });
const options = fc.record({ symmetric: fc.boolean(), reduceRange: fc.boolean() });

function decode(code: number, { scale, zeroPoint }: Grid): number {
  return (code - zeroPoint) * scale;
}

/** Two codes a byte, low half first. */
function isPacked(dtype: string): boolean {
  return dtype.endsWith('int4');
}

/** What ONNX Runtime makes of the values: codes, and the codes decoded. */
async function quantizeByEngine(values: Float32Array, { scale, zeroPoint, format }: Grid) {
  const b = new GraphBuilder();
  const zero: Tensor = {
    dtype: format.dtype,
    shape: [],
    data: isPacked(format.dtype)
      ? Uint8Array.of(zeroPoint & 15)
      : codesArray(format.dtype, 1).fill(zeroPoint),
  };
  const grid = [b.constant('scale', floats([], [scale])), b.constant('zero', zero)];
  const codes = b.node('QuantizeLinear', [b.input('x', [values.length]), ...grid], { outputs: ['q'] });
  // Cast, for the engine dies of 4-bit outputs; 6 is int32.
  const numbers = b.node('Cast', [codes], { attributes: { to: 6 }, outputs: ['codes'] });
  const decoded = b.node('DequantizeLinear', [codes, ...grid], { outputs: ['decoded'] });
  const feeds = { x: { dtype: 'float' as const, shape: [values.length], data: values } };
  const results = await runModel(runner, b.model(format.opset ?? 13, numbers, decoded), feeds);
  return { codes: Array.from(results.codes.data, Number), decoded: Array.from(results.decoded.data, Number) };
}

describe.each(Object.values(formats) as Format[])('$name', (format) => {
  it('has the ranges of codes of onnxruntime.quantization', () => {
    const { full, symmetric, reduced } = format.codes;
    expect([full, symmetric, reduced].map(({ min, max }) => [min, max])).toEqual(ranges[format.name]);
    expect(codeRange(format, { symmetric: false, reduceRange: false })).toBe(full);
    expect(codeRange(format, { symmetric: true, reduceRange: false })).toBe(symmetric);
    // `reduceRange` wins where both are set.
    expect(codeRange(format, { symmetric: true, reduceRange: true })).toBe(reduced);
  });

  it('stores every code in its type', () => {
    const [low, high] = storage[format.dtype];
    for (const { min, max } of Object.values(format.codes)) {
      expect(min).toBeGreaterThanOrEqual(low);
      expect(max).toBeLessThanOrEqual(high);
    }
  });

  it('gives every code back that was decoded', () => {
    fc.assert(
      fc.property(finite, finite, options, (a, b, given) => {
        const grid = gridOfRange({ min: Math.min(a, b), max: Math.max(a, b) }, format, given);
        // Of 16-bit codes, a few of each stretch.
        const step = Math.max(1, Math.floor((grid.codes.max - grid.codes.min) / 255));
        for (let code = grid.codes.min; code <= grid.codes.max; code += step)
          expect(codeOf(decode(code, grid), grid)).toBe(code);
      }),
      { numRuns: 50 },
    );
  });

  it('is off by half a step at most within its range, by the distance beyond', () => {
    fc.assert(
      fc.property(finite, finite, finite, options, (a, b, x, given) => {
        const grid = gridOfRange({ min: Math.min(a, b), max: Math.max(a, b) }, format, given);
        const low = decode(grid.codes.min, grid);
        const high = decode(grid.codes.max, grid);
        const inside = Math.min(Math.max(x, low), high);
        const error = Math.abs(decode(codeOf(x, grid), grid) - inside);
        // The division is rounded to float32: half a unit in the last place of the code.
        expect(error).toBeLessThanOrEqual(grid.scale * (0.5 + 2 ** -16));
      }),
    );
  });

  it('saturates', () => {
    const grid = gridOfRange({ min: -1, max: 1 }, format, { symmetric: false, reduceRange: false });
    expect(codeOf(1e30, grid)).toBe(grid.codes.max);
    expect(codeOf(-1e30, grid)).toBe(grid.codes.min);
    expect(codeOf(Infinity, grid)).toBe(grid.codes.max);
    expect(codeOf(-Infinity, grid)).toBe(grid.codes.min);
  });

  it.each([
    ['a scale that is no power of two', { min: -1.7, max: 2.9 }],
    ['a step of 1', { min: -100, max: 155 }],
    ['a step of ½', { min: 0, max: 127.5 }],
    ['a tiny step', { min: -1e-35, max: 3e-35 }],
    ['a huge step', { min: -3e38, max: 3e38 }],
  ])('codes as ONNX Runtime does: %s', async (_, range) => {
    const grid = gridOfRange(range, format, { symmetric: false, reduceRange: false });
    const ties = Array.from({ length: 600 }, (_, i) => Math.fround((i - 300 + 0.5) * grid.scale));
    const random = f32([2000], format.name, (range.max - range.min) / 3).data;
    const values = Float32Array.from([...ties, ...random, 0, -0]).map((x) =>
      Number.isFinite(x) ? x : range.max,
    );
    const engine = await quantizeByEngine(values, grid);
    expect(Array.from(values, (x) => codeOf(x, grid))).toEqual(engine.codes);
    expect(engine.codes.map((code) => Math.fround(decode(code, grid)))).toEqual(engine.decoded);
  });
});
