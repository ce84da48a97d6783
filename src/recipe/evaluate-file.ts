import type { Cancellable } from '../base/progress.ts';
import { peakMemory } from '../evaluate/peak-memory.ts';
import type { Measured, Report } from '../evaluate/report.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { bindDataset } from './bind-dataset.ts';
import { type CompareOptions, compareModels } from './compare-models.ts';
import { engineFacts } from './engine-facts.ts';
import { factsOfModel } from './facts-of-model.ts';
import { measureModel } from './measure-model.ts';
import { modelFacts } from './model-facts.ts';
import type { Environment } from './transform-file.ts';

export interface EvaluateRequest extends Cancellable {
  readonly model: string;
  readonly data: string;
  /** The model to compare with: the original of the one evaluated. */
  readonly against?: string | undefined;
  /** Time the model as well; always done with `against`. */
  readonly latency: boolean;
  readonly seed: number;
  readonly threads: number;
}

/** Measures one model on a data set, or two against each other. */
export async function evaluateFile(request: EvaluateRequest, { runner }: Environment): Promise<Report> {
  const started = performance.now();
  const model = await readModelFile(request.model);
  const reference = request.against === undefined ? undefined : await readModelFile(request.against);
  try {
    const { seed, threads, signal, onProgress } = request;
    const dataset = await bindDataset(request.data, model, signal);
    const options: CompareOptions = { runner, dataset, seed, threads, signal, onProgress };
    const own = await factsOfModel(request.model, model);
    const facts = await modelFacts(model, own.bytes);
    const base = {
      schema: 'pare.report/1' as const,
      command: 'evaluate',
      engine: engineFacts(runner, threads),
      warnings: [],
    };
    const end = async () => ({
      seconds: (performance.now() - started) / 1000,
      peakBytes: await peakMemory(),
    });
    if (!reference || request.against === undefined) {
      const before = { ...facts, ...(await measureModel(model, options, request.latency)) };
      return { ...base, input: own, before, ...(await end()) };
    }
    const other = await factsOfModel(request.against, reference);
    const results = await compareModels(reference, model, options);
    const before: Measured = { ...(await modelFacts(reference, other.bytes)), ...results.before };
    const after: Measured = { ...facts, ...results.after };
    return {
      ...base,
      input: other,
      output: own,
      before,
      after,
      comparison: results.comparison,
      ...(await end()),
    };
  } finally {
    await model.close();
    await reference?.close();
  }
}
