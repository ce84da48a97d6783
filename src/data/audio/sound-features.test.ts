// The numbers were computed with numpy's rfft and scipy's dct and get_window from the documented formulas.
import { describe, expect, test } from 'vitest';
import { featureOptions } from './audio-options.ts';
import { melFilters } from './mel-filters.ts';
import { realFft } from './real-fft.ts';
import { createFeatures } from './sound-features.ts';

const chirp = Float64Array.from(
  { length: 400 },
  (_, n) => 0.5 * Math.sin(2 * Math.PI * (0.01 * n + 0.0004 * n * n)),
);
const options = { window: 64, hop: 32, bands: 8 };
const make = (kind: string, more: object = {}) =>
  createFeatures(featureOptions.parse({ kind, ...options, ...more }), 8000);

function expectClose(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 10);
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

describe('features of a chirp', () => {
  test('spectrum and magnitude', () => {
    const { count, width, values } = make('spectrum').of(chirp);
    expect([count, ...width]).toEqual([11, 33, 2]);
    expectClose(
      values.subarray((2 * 33 + 3) * 2, (2 * 33 + 4) * 2),
      [-0.5639738082376711, -0.13872869483029493],
    );
    expect(make('magnitude').of(chirp).values[5 * 33 + 7]).toBeCloseTo(0.1814448281388851, 12);
  });

  test('log-mel', () => {
    const { count, width, values } = make('log-mel').of(chirp);
    expect([count, ...width]).toEqual([11, 8]);
    expectClose(
      values.subarray(16, 24),
      [
        -4.183873560703268, 1.0002009858781171, 4.225336463416845, 3.209250879982541, -2.2345817180364698,
        -8.20063679219113, -11.320133670697905, -13.648790010755674,
      ],
    );
    expect(sum(values)).toBeCloseTo(-458.1923452023468, 8);
  });

  test('mfcc', () => {
    const { width, values } = make('mfcc', { coefficients: 4 }).of(chirp);
    expect(width).toEqual([4]);
    expectClose(
      values.subarray(40),
      [-19.674483674660014, -20.8321576282706, 1.487211702955503, 3.4003621904323595],
    );
    expect(sum(values)).toBeCloseTo(-238.32307365457632, 8);
  });

  test('a sound shorter than the window has no windows; silence is the floor', () => {
    expect(make('log-mel').of(chirp.subarray(0, 63)).count).toBe(0);
    expect(make('log-mel').of(new Float64Array(64)).values[3]).toBeCloseTo(Math.log(1e-10), 12);
  });
});

test('mel filters', () => {
  const filters = melFilters({ bands: 4, sampleRate: 8000, fftSize: 16, from: 0, to: 4000 });
  expectClose(filters.subarray(9, 18), [0, 0.36964769967720806, 0.711260371365959, 0, 0, 0, 0, 0, 0]);
});

test.each([2, 8, 128])('a transform of %i samples is the sum it stands for', (size) => {
  const samples = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n) + 0.1 * n);
  const { real, imaginary } = realFft(size)(samples);
  for (let k = 0; k <= size / 2; k++) {
    let [re, im] = [0, 0];
    for (const [n, value] of samples.entries()) {
      re += value * Math.cos((2 * Math.PI * k * n) / size);
      im -= value * Math.sin((2 * Math.PI * k * n) / size);
    }
    expect(real[k]).toBeCloseTo(re, 9);
    expect(imaginary[k]).toBeCloseTo(im, 9);
  }
});
