/** How far from 1 a row that is a distribution may sum to, float32 over many classes. */
const SUM_TOLERANCE = 1e-3;

/**
 * Natural logarithm of the probability of class `index`, in float64: log-softmax of the scores, or the logarithm of the score
 * itself where the scores are probabilities already (none is negative and they sum to 1).
 * @param scores row-major `[rows, classCount]`
 */
export function logProbability(
  scores: Float32Array,
  { row, classCount, index }: { row: number; classCount: number; index: number },
): number {
  const start = row * classCount;
  let max = -Infinity;
  let min = Infinity;
  let total = 0;
  for (let i = start; i < start + classCount; i++) {
    max = Math.max(max, scores[i]);
    min = Math.min(min, scores[i]);
    total += scores[i];
  }
  const own = scores[start + index];
  if (min >= 0 && Math.abs(total - 1) <= SUM_TOLERANCE) return Math.log(own);
  let sum = 0;
  for (let i = start; i < start + classCount; i++) sum += Math.exp(scores[i] - max);
  return own - max - Math.log(sum);
}
