import { topMetric } from '../top-metric.ts';

/** The share of samples whose label is among the five largest scores. */
export const top5 = topMetric({
  name: 'top5',
  label: 'top-5',
  summary: 'Share of samples with the right class among the five largest scores.',
  k: 5,
});
