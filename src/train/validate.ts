import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { evaluateModel } from '../evaluate/evaluate-model.ts';
import { metrics } from '../evaluate/metrics/index.generated.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';

const FREE_BATCH = 100;

export interface ValidateRequest {
  readonly runner: Runner;
  readonly threads: number;
  readonly dataset: Dataset;
  readonly indices: Int32Array;
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Validation {
  readonly metrics: Readonly<Record<string, number>>;
  /** The metric that counts. */
  readonly primary: string;
  /** Its value, larger where better. */
  readonly score: number;
}

/** How good the model is on samples it was not trained on; undefined where nothing says what is right. */
export async function validate(model: Model, request: ValidateRequest): Promise<Validation | undefined> {
  const { runner, threads, ...options } = request;
  const session = await runner.load(await modelToBytes(model), { threads });
  try {
    const found = await evaluateModel({ session, ...options, batchSize: batchSizeOf(model) });
    const names = Object.keys(found.metrics ?? {});
    const primary = found.judged?.metric.name ?? names.find((name) => metricOf(name)?.isPrimary) ?? names[0];
    const value = found.metrics?.[primary];
    if (value === undefined || !found.metrics) return undefined;
    return {
      metrics: found.metrics,
      primary,
      score: metricOf(primary)?.higherIsBetter === false ? -value : value,
    };
  } finally {
    await session.close();
  }
}

/** Fixed by the model, else moderate. */
function batchSizeOf({ graph }: Model): number {
  const [batch] = graph.inputs.map(({ type }) => (type?.kind === 'tensor' ? type.shape?.[0] : undefined));
  return typeof batch === 'number' ? batch : FREE_BATCH;
}

function metricOf(name: string) {
  return Object.values(metrics).find((metric) => metric.name === name);
}
