import { logProbability } from '../log-probability.ts';
import type { SequenceMetric } from '../metric.ts';

/**
 * exp of the mean of −ln p(wanted class) over the positions where a class is wanted: 1 is certainty, as many as there are
 * classes is ignorance. Infinite, and left out of reports, where a wanted class has probability 0.
 */
export const perplexity: SequenceMetric = {
  name: 'perplexity',
  label: 'perplexity',
  summary: 'Among how many equally likely classes the model is undecided at a position.',
  task: 'sequence',
  higherIsBetter: false,
  unit: 'number',
  isPrimary: false,
  width: 2,
  add({ scores, classCount, wanted }, sums) {
    for (let row = 0; row < wanted.length; row++) {
      if (wanted[row] < 0) continue;
      sums[0] -= logProbability(scores, { row, classCount, index: wanted[row] });
      sums[1]++;
    }
  },
  value: ([nats, positions]) => Math.exp(nats / positions),
};
