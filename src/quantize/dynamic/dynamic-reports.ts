import type { LayerReport } from '../../evaluate/report.ts';
import { openTaps } from '../../observe/open-taps.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import type { CalibrationRun } from '../quantizer.ts';
import { codingErrors } from './coded-weight.ts';
import type { DynamicallyQuantized, DynamicQuantizer } from './dynamic-quantizer.ts';

/** Samples the activations' errors are measured on. */
const SAMPLES = 8;

/**
 * One row a layer: what became of it and why, how far its weights are from the float ones, and, on samples, its output.
 * @param run undefined where there are no samples
 */
export async function dynamicReports(
  quantizer: DynamicQuantizer,
  quantized: DynamicallyQuantized,
  run: CalibrationRun | undefined,
): Promise<LayerReport[]> {
  const activations = run?.details ? await activationErrors(quantizer, quantized, run) : new Map();
  const reports: LayerReport[] = [];
  for (const { name, opType, state, reason, result, weights } of quantized.layers) {
    reports.push({
      name,
      opType,
      state: state === 'float' && weights.length > 0 ? 'stored' : state,
      reason,
      ...decibels('weightSqnrDb', weights.length > 0 ? await codingErrors(weights) : undefined),
      ...decibels('activationSqnrDb', activations.get(result)),
    });
  }
  return reports;
}

/** A perfect copy has no finite SQNR, which JSON could not hold: the field is left out. */
function decibels(field: 'weightSqnrDb' | 'activationSqnrDb', errors: ErrorStatistics | undefined) {
  return errors && Number.isFinite(errors.sqnrDb) ? { [field]: errors.sqnrDb } : {};
}

/** Errors of the layers' outputs against the float model's, by name of the output; values of bodies cannot be seen. */
async function activationErrors(
  { base }: DynamicQuantizer,
  { model, layers }: DynamicallyQuantized,
  { runner, dataset, indices, threads, signal }: CalibrationRun,
): Promise<Map<string, ErrorStatistics>> {
  const results = layers.filter(({ weights, result }) => weights.length > 0 && result !== '');
  const names = results.map(({ result }) => result);
  const errors = new Map(names.map((name) => [name, new ErrorStatistics()]));
  const engine = { runner, threads, state: dataset.state };
  const float = await openTaps(base, names, engine);
  const integer = await openTaps(model, names, engine);
  try {
    const samples = Array.from(indices).slice(0, SAMPLES);
    for await (const step of dataset.batches({ batchSize: 1, indices: samples, signal })) {
      const before = await float.run(step);
      const after = await integer.run(step);
      for (const name of names) errors.get(name)!.add(before.get(name)!, after.get(name)!);
    }
  } finally {
    await float.close();
    await integer.close();
  }
  return errors;
}
