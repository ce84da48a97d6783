import { batchSizeOf } from '../evaluate/batch-size-of.ts';
import { evaluateModel } from '../evaluate/evaluate-model.ts';
import { measureLatency } from '../evaluate/latency/measure-latency.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { type CompareOptions, firstSample, type MeasuredByRunning, measured } from './compare-models.ts';

/** Runs one model on all samples, and times it if asked. */
export async function measureModel(
  model: Model,
  { runner, dataset, threads, signal, onProgress }: CompareOptions,
  latency = true,
): Promise<MeasuredByRunning> {
  const session = await runner.load(await modelToBytes(model), { threads });
  try {
    const batchSize = batchSizeOf(model);
    const predictions = await evaluateModel({ session, dataset, batchSize, signal, onProgress });
    if (!latency) return measured(predictions);
    const latencyMs = await measureLatency({ session, feeds: await firstSample(dataset), signal });
    return { ...measured(predictions), latencyMs };
  } finally {
    await session.close();
  }
}
