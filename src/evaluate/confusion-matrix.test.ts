import { expect, it } from 'vitest';
import { ConfusionMatrix } from './confusion-matrix.ts';

function matrixOf(labels: number[], predicted: number[]): ConfusionMatrix {
  const matrix = new ConfusionMatrix(4);
  matrix.add({ labels: Int32Array.from(labels), predicted: Int32Array.from(predicted) });
  return matrix;
}

it('counts every pair of actual and predicted class', () => {
  const matrix = matrixOf([0, 1, 1, 2], [0, 2, 2, 1]);
  matrix.add({ labels: Int32Array.of(1, 3), predicted: Int32Array.of(2, 3) });
  expect(matrix.count(1, 2)).toBe(3);
  expect(matrix.count(2, 1)).toBe(1);
  expect(matrix.count(0, 0)).toBe(1);
  expect(matrix.count(3, 0)).toBe(0);
});

it('lists mistakes by frequency, then actual, then predicted class, and no right answers', () => {
  const matrix = matrixOf([0, 0, 0, 3, 3, 1, 1, 2, 0], [0, 0, 0, 1, 1, 2, 3, 0, 3]);
  expect(matrix.topConfusions(4, ['cat', 'dog', 'pig'])).toEqual([
    { actual: '3', predicted: 'dog', count: 2 },
    { actual: 'cat', predicted: '3', count: 1 },
    { actual: 'dog', predicted: 'pig', count: 1 },
    { actual: 'dog', predicted: '3', count: 1 },
  ]);
  expect(matrixOf([1, 2], [1, 2]).topConfusions(5)).toEqual([]);
});
