// The numbers were computed with numpy from the documented formula.
import { expect, test } from 'vitest';
import { resample } from './resample.ts';

const chirp = Float64Array.from(
  { length: 400 },
  (_, n) => 0.5 * Math.sin(2 * Math.PI * (0.01 * n + 0.0004 * n * n)),
);

test.each([
  [8000, 16000, 800, [-0.07853711522990452, -0.15570606898477485], 9.62136662965489, 99.45665868094736],
  [44100, 16000, 146, [0.0008735511666571431, -0.0006994278541867325], 1.7599435340510623, 8.87772699475356],
] as const)('%i → %i Hz as numpy has it', (from, to, length, at101, total, energy) => {
  const resampled = resample(chirp, from, to);
  expect(resampled.length).toBe(length);
  for (const [i, value] of at101.entries()) expect(resampled[101 + i]).toBeCloseTo(value, 10);
  expect(resampled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 8);
  expect(resampled.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(energy, 8);
});

test('a tone below the cut-off stays itself, one above goes', () => {
  const tone = (hertz: number, rate: number, length: number) =>
    Float64Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));
  const kept = resample(tone(440, 48000, 4800), 48000, 16000);
  const wanted = tone(440, 16000, 1600);
  for (let n = 100; n < 1500; n++) expect(Math.abs(kept[n] - wanted[n])).toBeLessThan(2e-3);
  const gone = resample(tone(11000, 48000, 4800), 48000, 16000);
  for (let n = 100; n < 1500; n++) expect(Math.abs(gone[n])).toBeLessThan(2e-3);
});

test('equal rates change nothing', () => {
  expect(resample(chirp, 8000, 8000)).toBe(chirp);
});
