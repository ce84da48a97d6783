import { macroMetric } from '../macro-metric.ts';

/** Harmonic mean of precision and recall a class, 2·TP / (2·TP + FP + FN). */
export const f1 = macroMetric({
  name: 'f1',
  label: 'F1',
  summary: 'Harmonic mean of precision and recall of a class, mean over classes.',
  score: ({ hits, predicted, actual }) => [2 * hits, predicted + actual],
});
