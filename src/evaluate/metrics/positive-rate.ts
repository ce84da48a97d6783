import type { DecisionMetric } from '../metric.ts';

/** How far beyond 0 and 1 the grid of a quantized probability may reach. */
const GRID = 0.01;

/**
 * Share of steps whose probability is above ½, such as the steps a voice activity model takes for speech. Undefined where
 * some answer is well outside 0..1, and so no probability. It is neither good nor bad; a change of it is worth a look.
 */
export const positiveRate: DecisionMetric = {
  name: 'positive-rate',
  label: 'positive steps',
  summary: 'Share of steps whose probability is above ½.',
  task: 'none',
  higherIsBetter: true,
  unit: 'fraction',
  isPrimary: false,
  width: 3,
  add({ probability }, sums) {
    if (probability > 0.5) sums[0]++;
    if (!(probability >= -GRID && probability <= 1 + GRID)) sums[2]++;
    sums[1]++;
  },
  value: ([positive, steps, outside]) => (outside > 0 ? undefined : positive / steps),
};
