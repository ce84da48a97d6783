import { macroMetric } from '../macro-metric.ts';

/** Of what was called a class, the share that is one. */
export const precision = macroMetric({
  name: 'precision',
  label: 'precision',
  summary: 'Share of the predictions of a class that are right, mean over classes.',
  score: ({ hits, predicted }) => [hits, predicted],
});
