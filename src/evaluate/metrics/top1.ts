import { topMetric } from '../top-metric.ts';

/** Accuracy: the share of samples whose largest score is the label's. */
export const top1 = topMetric({
  name: 'top1',
  label: 'top-1',
  summary: 'Share of samples whose largest score is right.',
  k: 1,
});
