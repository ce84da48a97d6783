import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { factsOfModel } from './facts-of-model.ts';
import { type InspectOptions, inspectModel, type ModelInspection } from './inspect-model.ts';

export interface Inspection extends ModelInspection {
  readonly schema: 'pare.inspection/1';
  readonly file: { readonly path: string; readonly bytes: number; readonly sha256: string };
}

export interface InspectRequest extends Omit<InspectOptions, 'data' | 'runner'> {
  /** A data set, as `openDataset` takes it. */
  readonly data?: string | undefined;
}

/** Describes a model file and what can be done with it. */
export async function inspectFile(
  path: string,
  request: InspectRequest,
  runner: Runner,
): Promise<Inspection> {
  const model = await readModelFile(path);
  try {
    const { data, signal } = request;
    const dataset = data === undefined ? undefined : await bound(data, model, signal);
    const file = await factsOfModel(path, model);
    const inspection = await inspectModel(model, { ...request, data: dataset, runner });
    return { schema: 'pare.inspection/1', file, ...inspection };
  } finally {
    await model.close();
  }
}

/** Without data nobody waits for the readers of all kinds of data to load. */
async function bound(data: string, model: Model, signal: AbortSignal | undefined): Promise<Dataset> {
  const { bindDataset } = await import('./bind-dataset.ts');
  return bindDataset(data, model, signal);
}
