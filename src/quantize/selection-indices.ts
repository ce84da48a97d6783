import { sampleIndices } from '../data/sample-indices.ts';
import type { Warning } from '../evaluate/report.ts';
import type { CalibrationRun } from './quantizer.ts';

/** Fewer than this are too few to choose on; then calibration samples serve, and the report says so. */
const MIN_SAMPLES = 50;

/** Samples to choose on: of the same set, but not those the ranges were found on. */
export function selectionIndices(
  { dataset, indices }: CalibrationRun,
  count: number,
  seed: number,
): { indices: Int32Array; warnings: Warning[] } {
  const calibrated = new Set(Array.from(indices));
  const free = sampleIndices(dataset.length, dataset.length, seed + 1).filter(
    (index) => !calibrated.has(index),
  );
  if (free.length >= MIN_SAMPLES) return { indices: free.slice(0, count), warnings: [] };
  const message = `Only ${free.length} samples of ${dataset.name} were not calibrated on: layers were chosen on all.`;
  return {
    indices: sampleIndices(dataset.length, count, seed + 1),
    warnings: [{ code: 'few-selection-samples', where: dataset.name, message }],
  };
}
