import type { Session } from '../base/runner.ts';
import { evaluatePair } from '../evaluate/evaluate-pair.ts';
import type { Limit, Warning } from '../evaluate/report.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { opOf } from '../ops/index.ts';
import type { CandidateBuilder } from './candidate-builder.ts';
import { dropNotMeasurable } from './errors.ts';
import type { CalibrationRun } from './quantizer.ts';
import { selectionIndices } from './selection-indices.ts';

const SELECTION_SAMPLES = 500;
/** Samples a layer's harm is told from; errors of outputs settle much faster than accuracies. */
const RANKING_SAMPLES = 16;

/**
 * Leaves layers in float until no more than `maxDrop` of the primary metric (percentage points of fractions, else its own
 * unit) is lost on selection samples (of the calibration set, but not calibrated on): the most harmful layers first, as
 * many as a binary search finds necessary. Where even the float model misses the limit, the best is kept and the limit's
 * `met` is false.
 */
export async function limitDrop(
  quantizer: CandidateBuilder,
  start: ReadonlyMap<string, string>,
  maxDrop: number,
  run: CalibrationRun & { seed: number },
): Promise<{ floatLayers: ReadonlyMap<string, string>; limits: Limit[]; warnings: Warning[] }> {
  const before = await run.runner.load(await modelToBytes(quantizer.base), { threads: run.threads ?? 1 });
  try {
    const selection = selectionIndices(run, SELECTION_SAMPLES, run.seed);
    let unit = 'points';
    const dropOf = async (floatLayers: ReadonlyMap<string, string>) => {
      const { drop } = await compare(quantizer, floatLayers, before, run, selection.indices);
      if (!drop) throw dropNotMeasurable(run.dataset.name);
      // A metric without unit counts itself: "at most 0.01 rmse".
      unit = drop.unit === 'number' ? drop.metric : (drop.unit ?? 'points');
      return drop.points;
    };
    const choice = (floatLayers: ReadonlyMap<string, string>, drop: number) => ({
      floatLayers,
      limits: [{ name: 'max-drop', wanted: maxDrop, got: drop, unit, met: drop <= maxDrop }],
      warnings: selection.warnings,
    });
    const drop = await dropOf(start);
    if (drop <= maxDrop) return choice(start, drop);

    const ranked = await rankByHarm(quantizer, start, before, run);
    const withFloat = (count: number) =>
      new Map([
        ...start,
        ...ranked.slice(0, count).map((name) => [name, `left in float for --max-drop ${maxDrop}`] as const),
      ]);
    // Smallest count in (low, high] whose drop is within the limit, taking the drop to fall with the count.
    let low = 0;
    let high = ranked.length;
    while (high - low > 1) {
      run.signal?.throwIfAborted();
      const middle = Math.floor((low + high) / 2);
      if ((await dropOf(withFloat(middle))) <= maxDrop) high = middle;
      else low = middle;
    }
    const floatLayers = withFloat(high);
    return choice(floatLayers, await dropOf(floatLayers));
  } finally {
    await before.close();
  }
}

/** Layers in order of how much leaving each alone in float raises the SQNR of the outputs. */
async function rankByHarm(
  quantizer: CandidateBuilder,
  start: ReadonlyMap<string, string>,
  before: Session,
  run: CalibrationRun,
): Promise<string[]> {
  const indices = Array.from(run.indices).slice(0, RANKING_SAMPLES);
  const ranking: { name: string; sqnrDb: number }[] = [];
  const layers = (await quantizer.describe()).filter(({ state }) => state === 'quantized');
  const names = layers.filter(({ node }) => opOf(node)?.role?.kind === 'weighted').map(({ name }) => name);
  for (const name of names) {
    run.signal?.throwIfAborted();
    if (start.has(name)) continue;
    const { sqnrDb } = await compare(quantizer, new Map([...start, [name, '']]), before, run, indices);
    ranking.push({ name, sqnrDb: sqnrDb ?? Number.POSITIVE_INFINITY });
    run.onProgress?.({ phase: 'rank layers', done: ranking.length, total: names.length });
  }
  return ranking.sort((a, b) => b.sqnrDb - a.sqnrDb).map(({ name }) => name);
}

async function compare(
  quantizer: CandidateBuilder,
  floatLayers: ReadonlyMap<string, string>,
  before: Session,
  run: CalibrationRun,
  indices: ArrayLike<number>,
) {
  const { model } = await quantizer.build(floatLayers);
  const after = await run.runner.load(await modelToBytes(model), { threads: run.threads ?? 1 });
  try {
    const { dataset, signal } = run;
    return (await evaluatePair({ before, after, dataset, indices, batchSize: 1, seed: 0, signal }))
      .comparison;
  } finally {
    await after.close();
  }
}
