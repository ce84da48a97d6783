import type { LayerReport } from '../report.ts';

/** The lower of a layer's two SQNRs in dB; undefined where none was measured. */
export function layerQuality({
  weightSqnrDb,
  activationSqnrDb,
}: Pick<LayerReport, 'weightSqnrDb' | 'activationSqnrDb'>): number | undefined {
  if (weightSqnrDb === undefined) return activationSqnrDb;
  if (activationSqnrDb === undefined) return weightSqnrDb;
  return Math.min(weightSqnrDb, activationSqnrDb);
}
