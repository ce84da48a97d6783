import { macroMetric } from '../macro-metric.ts';

/** Of the samples of a class, the share that was found. */
export const recall = macroMetric({
  name: 'recall',
  label: 'recall',
  summary: 'Share of the samples of a class that are found, mean over classes.',
  score: ({ hits, actual }) => [hits, actual],
});
