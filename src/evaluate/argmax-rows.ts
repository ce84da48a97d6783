import { nanScore } from './errors.ts';

/** Where scores come from, for messages. */
export interface ScoreOrigin {
  readonly output: string;
  /** Index of row 0 among all samples. */
  readonly firstSample: number;
}

/**
 * Index of the largest score a row, the lowest one among ties (as numpy.argmax).
 * @param scores row-major [samples, classCount]
 * @throws PareError on NaN, which compares as neither larger nor smaller and would give an arbitrary class
 */
export function argmaxRows(scores: Float32Array, classCount: number, origin: ScoreOrigin): Int32Array {
  const rows = scores.length / classCount;
  const result = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * classCount;
    let best = 0;
    for (let c = 0; c < classCount; c++) {
      const score = scores[start + c];
      if (Number.isNaN(score)) throw nanScore(origin.output, origin.firstSample + row, c);
      if (score > scores[start + best]) best = c;
    }
    result[row] = best;
  }
  return result;
}
