import { check } from '../../base/check.ts';
import type { FeatureOptions } from './audio-options.ts';
import { dctMatrix } from './dct-matrix.ts';
import { melFilters } from './mel-filters.ts';
import { realFft } from './real-fft.ts';

/** Values along time: `values: [count, ...width]`, row-major. */
export interface TimeSeries {
  readonly count: number;
  readonly width: readonly number[];
  readonly values: Float64Array;
}

/** Features of one sound after another. */
export interface FeatureMaker {
  /** Shape of the values of one window. */
  readonly width: readonly number[];
  /** Windows of a sound of that many samples. */
  countOf(samples: number): number;
  of(samples: Float64Array): TimeSeries;
}

/**
 * Windows t = 0, 1, … begin at sample t·hop and must fit in whole: 1 + ⌊(samples − window) / hop⌋ of them. Each is
 * multiplied by the taper (`hann`: periodic, ½ − ½·cos(2πn/window), `sqrt-hann` its root), followed by zeros up to `fft`, and
 * transformed to X[k], k = 0 .. fft/2. Then
 *
 *     spectrum   Re X[k], Im X[k]                              [fft/2 + 1, 2]
 *     magnitude  |X[k]|                                        [fft/2 + 1]
 *     log-mel    m[b] = ln(max(floor, Σₖ filter[b, k]·|X[k]|²))  [bands]
 *     mfcc       orthonormal DCT-II of m, the first ones       [coefficients]
 *
 * with the filters of {@link melFilters}. `sampleRate` in Hz.
 */
export function createFeatures(options: FeatureOptions, sampleRate: number): FeatureMaker {
  const { window, hop } = options;
  const fftSize = options.fft ?? 2 ** Math.ceil(Math.log2(window));
  const transform = realFft(fftSize);
  const taper = Float64Array.from({ length: window }, (_, n) => taperAt(options.taper, n / window));
  const { width, write } = valuesOf(options, sampleRate, fftSize);
  const size = width.reduce((product, length) => product * length, 1);
  const countOf = (samples: number) => Math.max(0, 1 + Math.floor((samples - window) / hop));
  return {
    width,
    countOf,
    of: (samples) => {
      const count = countOf(samples.length);
      const values = new Float64Array(count * size);
      const piece = new Float64Array(fftSize);
      for (let t = 0; t < count; t++) {
        for (let n = 0; n < window; n++) piece[n] = samples[t * hop + n] * taper[n];
        write(transform(piece), values.subarray(t * size, (t + 1) * size));
      }
      return { count, width, values };
    },
  };
}

interface Bins {
  real: Float64Array;
  imaginary: Float64Array;
}

interface WindowValues {
  width: number[];
  write(bins: Bins, to: Float64Array): void;
}

function valuesOf(options: FeatureOptions, sampleRate: number, fftSize: number): WindowValues {
  const bins = fftSize / 2 + 1;
  switch (options.kind) {
    case 'spectrum':
      return {
        width: [bins, 2],
        write: ({ real, imaginary }, to) => {
          for (let k = 0; k < bins; k++) to.set([real[k], imaginary[k]], 2 * k);
        },
      };
    case 'magnitude':
      return {
        width: [bins],
        write: ({ real, imaginary }, to) => {
          for (let k = 0; k < bins; k++) to[k] = Math.hypot(real[k], imaginary[k]);
        },
      };
    case 'log-mel':
      return logMel(options, sampleRate, fftSize);
    case 'mfcc': {
      const { bands, coefficients } = options;
      const mel = logMel(options, sampleRate, fftSize);
      const matrix = dctMatrix(coefficients, bands);
      const logs = new Float64Array(bands);
      return {
        width: [coefficients],
        write: (spectrum, to) => {
          mel.write(spectrum, logs);
          multiply(matrix, logs, to);
        },
      };
    }
    default: {
      const unknown: never = options.kind;
      check(false, () => `features ${String(unknown)}`);
    }
  }
}

function logMel(options: FeatureOptions, sampleRate: number, fftSize: number): WindowValues {
  const { bands, from, to: upper = sampleRate / 2, floor } = options;
  const filters = melFilters({ bands, sampleRate, fftSize, from, to: upper });
  const power = new Float64Array(fftSize / 2 + 1);
  return {
    width: [bands],
    write: ({ real, imaginary }, to) => {
      for (let k = 0; k < power.length; k++) power[k] = real[k] ** 2 + imaginary[k] ** 2;
      multiply(filters, power, to);
      for (let b = 0; b < bands; b++) to[b] = Math.log(Math.max(floor, to[b]));
    },
  };
}

/** `to = matrix · vector`, matrix `[to.length, vector.length]`. */
function multiply(matrix: Float64Array, vector: Float64Array, to: Float64Array): void {
  for (let row = 0; row < to.length; row++) {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += matrix[row * vector.length + i] * vector[i];
    to[row] = sum;
  }
}

function taperAt(taper: FeatureOptions['taper'], position: number): number {
  if (taper === 'none') return 1;
  const hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * position);
  return taper === 'hann' ? hann : Math.sqrt(hann);
}
