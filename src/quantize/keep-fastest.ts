import type { Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { bootstrapMedian } from '../evaluate/compare/bootstrap-median.ts';
import { measureLatencySet } from '../evaluate/latency/measure-latency-set.ts';
import type { Warning } from '../evaluate/report.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { opOf } from '../ops/index.ts';
import type { CandidateBuilder } from './candidate-builder.ts';
import { FASTER_IN_FLOAT } from './float-reasons.ts';
import type { CalibrationRun } from './quantizer.ts';

/** Leading layers tried together: a float stem has no border with quantized layers but the one behind it. */
const MAX_STEM = 6;
/** A choice must be faster than the present one by this share to be taken: less is noise. */
const MIN_GAIN = 0.01;
const ROUNDS = 40;
/** Single layers tried after the stem, those with the most multiply–accumulates first left out. */
const MAX_SINGLES = 24;

type FloatLayers = ReadonlyMap<string, string>;

/**
 * Finds layers that run faster in float on this machine: first the best float stem (the first layers of image nets have
 * few channels and large maps, where integer kernels lose), then single layers, each by the latency of the whole model,
 * measured interleaved at batch 1.
 */
export async function keepFastest(
  quantizer: CandidateBuilder,
  run: CalibrationRun,
): Promise<{ floatLayers: FloatLayers; warnings: Warning[] }> {
  const feeds = await firstSample(run);
  const layers = (await quantizer.describe()).filter(
    ({ state, node }) => state === 'quantized' && isLayer(node),
  );
  const names = layers.map(({ name }) => name);
  const race = (candidates: readonly FloatLayers[]) => fastestOf(quantizer, candidates, feeds, run);

  const stems = Array.from({ length: Math.min(MAX_STEM, names.length) + 1 }, (_, n) => names.slice(0, n));
  let best = await race(stems.map(reasons));
  const grouped = layers.filter(({ node }) => (node.int('group') ?? 1) > 1).map(({ name }) => name);
  for (const name of [...grouped, ...names].slice(0, MAX_SINGLES)) {
    run.signal?.throwIfAborted();
    if (best.has(name)) continue;
    best = await race([best, new Map([...best, ...reasons([name])])]);
  }
  return { floatLayers: best, warnings: [] };
}

function reasons(names: readonly string[]): FloatLayers {
  return new Map(names.map((name) => [name, FASTER_IN_FLOAT]));
}

function isLayer(node: Parameters<typeof opOf>[0]): boolean {
  return opOf(node)?.role?.kind === 'weighted';
}

/** The candidate with the lowest latency; the first one unless another is clearly faster. */
async function fastestOf(
  quantizer: CandidateBuilder,
  candidates: readonly FloatLayers[],
  feeds: Readonly<Record<string, Tensor>>,
  run: CalibrationRun,
): Promise<FloatLayers> {
  const sessions: Session[] = [];
  try {
    for (const floatLayers of candidates) {
      const { model } = await quantizer.build(floatLayers);
      sessions.push(await run.runner.load(await modelToBytes(model), { threads: run.threads ?? 1 }));
    }
    const times = await measureLatencySet(
      sessions.map((session) => ({ session, feeds })),
      { runs: ROUNDS, signal: run.signal },
    );
    const ratios = times.map(({ timingsMs }) => timingsMs.map((ms, round) => ms / times[0].timingsMs[round]));
    const medians = ratios.map((values) => bootstrapMedian(values, { seed: 0 }));
    let best = 0;
    medians.forEach(({ median, high }, i) => {
      if (high < 1 && median < medians[best].median - MIN_GAIN) best = i;
    });
    return candidates[best];
  } finally {
    for (const session of sessions) await session.close();
  }
}

async function firstSample({ dataset, indices }: CalibrationRun): Promise<Readonly<Record<string, Tensor>>> {
  for await (const { inputs } of dataset.batches({ batchSize: 1, indices: [indices[0]] })) return inputs;
  throw new Error('the data set is empty');
}
