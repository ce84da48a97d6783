import type { SequenceMetric } from '../metric.ts';

/** Share of positions, of those where a class is wanted, whose largest score is the wanted class's; ties to the lowest. */
export const accuracy: SequenceMetric = {
  name: 'accuracy',
  label: 'accuracy',
  summary: 'Share of positions whose largest score is right.',
  task: 'sequence',
  higherIsBetter: true,
  unit: 'fraction',
  isPrimary: true,
  width: 2,
  add({ scores, classCount, wanted }, sums) {
    for (let position = 0; position < wanted.length; position++) {
      if (wanted[position] < 0) continue;
      const start = position * classCount;
      let best = 0;
      for (let c = 1; c < classCount; c++) if (scores[start + c] > scores[start + best]) best = c;
      if (best === wanted[position]) sums[0]++;
      sums[1]++;
    }
  },
  value: ([hits, positions]) => hits / positions,
};
