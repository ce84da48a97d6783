import type { Cancellable } from '../base/progress.ts';
import type { Runner, Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { batchSizeOf } from '../evaluate/batch-size-of.ts';
import { evaluatePair } from '../evaluate/evaluate-pair.ts';
import { measureLatencyPair } from '../evaluate/latency/measure-latency-pair.ts';
import type { Predictions } from '../evaluate/predictions.ts';
import type { Comparison, Measured } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';

export interface CompareOptions extends Cancellable {
  readonly runner: Runner;
  /** Its inputs carry the models' input names. */
  readonly dataset: Dataset;
  readonly seed: number;
  readonly threads: number;
}

/** What is known of a model by running it: metrics and times. */
export type MeasuredByRunning = Pick<Measured, 'samples' | 'metrics' | 'confusions' | 'latencyMs'>;

/** Runs both models on all samples, and times them against each other on one; both load from bytes. */
export async function compareModels(before: Model, after: Model, options: CompareOptions) {
  const { runner, dataset, seed, threads, signal, onProgress } = options;
  const a = await runner.load(await modelToBytes(before), { threads });
  const b = await runner.load(await modelToBytes(after), { threads });
  try {
    const batchSize = batchSizeOf(before);
    const evaluation = await evaluatePair({
      before: a,
      after: b,
      dataset,
      batchSize,
      seed,
      signal,
      onProgress,
    });
    const times = await timePair(a, b, options);
    return {
      before: { ...measured(evaluation.before), latencyMs: times.a },
      after: { ...measured(evaluation.after), latencyMs: times.b },
      comparison: { ...evaluation.comparison, speedup: times.speedup } satisfies Comparison,
    };
  } finally {
    await a.close();
    await b.close();
  }
}

async function timePair(a: Session, b: Session, { dataset, seed, signal }: CompareOptions) {
  const feeds = await firstSample(dataset);
  return measureLatencyPair({ a, b, feedsA: feeds, feedsB: feeds, seed, signal });
}

/** One sample, to time models with. */
export async function firstSample(dataset: Dataset): Promise<Readonly<Record<string, Tensor>>> {
  for await (const { inputs } of dataset.batches({ batchSize: 1, indices: [0] })) return inputs;
  throw new Error('the data set is empty');
}

/** What a report says of one model's answers. */
export function measured({ samples, metrics, confusions }: Predictions): MeasuredByRunning {
  return { samples, ...(metrics && { metrics }), ...(confusions && { confusions }) };
}
