import type { ClassificationMetric } from './metric.ts';
import type { ScoredBatch } from './scored-batch.ts';

/** What tells one top-k metric from another. */
interface TopMetric {
  name: string;
  label: string;
  summary: string;
  k: number;
}

/** The share of samples whose label is among the k largest scores; equal scores rank by class index, lowest first. */
export function topMetric({ k, ...facts }: TopMetric): ClassificationMetric {
  return {
    ...facts,
    task: 'classification',
    higherIsBetter: true,
    unit: 'fraction',
    isPrimary: k === 1,
    minClasses: k + 1,
    create() {
      let samples = 0;
      let hits = 0;
      return {
        add(batch) {
          samples += batch.labels.length;
          for (let row = 0; row < batch.labels.length; row++) if (rankOfLabel(batch, row) < k) hits++;
        },
        value: () => hits / samples,
      };
    },
  };
}

/** How many classes rank before the label: those with a larger score, and equal ones of lower index. */
function rankOfLabel({ scores, classCount, labels }: ScoredBatch, row: number): number {
  const start = row * classCount;
  const label = labels[row];
  const own = scores[start + label];
  let rank = 0;
  for (let c = 0; c < classCount; c++) {
    const score = scores[start + c];
    if (score > own || (score === own && c < label)) rank++;
  }
  return rank;
}
