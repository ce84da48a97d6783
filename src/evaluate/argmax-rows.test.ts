import { expect, it } from 'vitest';
import { argmaxRows } from './argmax-rows.ts';

const origin = { output: 'logits', firstSample: 40 };

it('takes the largest of each row, the lowest index among ties, as numpy.argmax', () => {
  const scores = Float32Array.of(1, 3, 2, /**/ 5, 5, 5, /**/ -2, -1, -1, /**/ -Infinity, -Infinity, Infinity);
  expect([...argmaxRows(scores, 3, origin)]).toEqual([1, 0, 1, 2]);
});

it('names the sample, class and output of a NaN', () => {
  const scores = Float32Array.of(1, 2, 3, Number.NaN);
  expect(() => argmaxRows(scores, 2, origin)).toThrow(
    expect.objectContaining({
      code: 'nan-score',
      message: "The model's score for class 1 of sample 41 is NaN.",
      where: 'output "logits"',
    }),
  );
});
