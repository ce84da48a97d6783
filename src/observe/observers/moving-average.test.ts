import { expect, it } from 'vitest';
import { movingAverage } from './moving-average.ts';

const goal = { levels: 256, symmetric: false };

it('starts at the first sample and weighs each later one by the constant', () => {
  const observer = movingAverage.create({ constant: 0.25 });
  for (const sample of [
    [-1, 4],
    [0.5, -3, 2],
    [8, 1],
  ])
    observer.observe(Float32Array.from(sample));
  // min: −1 → −1.5 → −0.875 (the last sample's smallest is 1); max: 4 → 3.5 → 4.625
  expect(observer.range(goal)).toEqual({ min: -0.875, max: 4.625 });
  expect(observer.range({ levels: 255, symmetric: true })).toEqual({ min: -4.625, max: 4.625 });
});

it('meets the closed form of a step: after n samples 1 − (1 − c)ⁿ of the way', () => {
  const observer = movingAverage.create(movingAverage.options.parse({}));
  observer.observe(new Float32Array([0]));
  for (let i = 0; i < 50; i++) observer.observe(new Float32Array([1]));
  expect(observer.range(goal).max).toBeCloseTo(1 - 0.99 ** 50, 12);
});

it('is the last sample at a constant of 1, and refuses constants outside (0, 1]', () => {
  const observer = movingAverage.create({ constant: 1 });
  observer.observe(new Float32Array([-9, 9]));
  observer.observe(new Float32Array([-1, 2]));
  expect(observer.range(goal)).toEqual({ min: -1, max: 2 });
  for (const constant of [0, 1.01, Number.NaN])
    expect(movingAverage.options.safeParse({ constant }).success).toBe(false);
});
