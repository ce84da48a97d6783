import { expect, test } from 'vitest';
import type { LayerReport } from '../../report.ts';
import { histogramSparkline } from './histogram-sparkline.ts';

const layer: LayerReport = { name: 'a', opType: 'Conv', state: 'quantized', reason: '' };
const path = (parts: Partial<LayerReport>) =>
  /class="area" d="([^"]*)"/.exec(histogramSparkline({ ...layer, ...parts })?.markup ?? '')?.[1];

test('logarithmic heights on the common scale of histogram and range', () => {
  // 128 × 30 with 2 of margin: x = 2 + 124·v/4, the top at 30 − 2 − 25; log1p(1) is a third of log1p(7).
  const histogram = { min: 0, max: 2, counts: [7, 1] };
  expect(path({ histogram, range: { min: 0, max: 4 } })).toBe('M2 28V3H33V19.67H64V28Z');
});

test('neighbouring bins are summed to at most 48', () => {
  const steps = path({ histogram: { min: 0, max: 1, counts: new Array(100).fill(1) } })?.match(/H/g);
  expect(steps).toHaveLength(34);
});

test('nothing to draw', () => {
  expect(histogramSparkline(layer)).toBeUndefined();
  expect(histogramSparkline({ ...layer, histogram: { min: 1, max: 1, counts: [3] } })).toBeUndefined();
  expect(histogramSparkline({ ...layer, histogram: { min: 0, max: 1, counts: [] } })).toBeUndefined();
});
