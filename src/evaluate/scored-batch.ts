import { check } from '../base/check.ts';
import { labelOutOfRange } from './errors.ts';

/** Scores of a batch with what they predict and what would have been right. */
export interface ScoredBatch {
  /** Row-major [samples, classCount]; free of NaN. */
  readonly scores: Float32Array;
  readonly classCount: number;
  /** Argmax a row, ties to the lowest index. */
  readonly predicted: Int32Array;
  /** Class index a row, 0 .. classCount−1. */
  readonly labels: Int32Array;
}

/** Puts a batch together; throws a PareError where a label is no class of the scores. */
export function scoredBatch({ scores, classCount, predicted, labels }: ScoredBatch): ScoredBatch {
  check(
    scores.length === labels.length * classCount,
    () => `${scores.length} scores, ${labels.length} labels`,
  );
  check(predicted.length === labels.length, () => `${predicted.length} argmax, ${labels.length} labels`);
  for (const label of labels) {
    if (label < 0 || label >= classCount) throw labelOutOfRange(label, classCount);
  }
  return { scores, classCount, predicted, labels };
}
