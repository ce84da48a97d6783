import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { bindDataset } from './bind-dataset.ts';
import { firstSample } from './compare-models.ts';

/** Opens a data set and reads its first sample, which shows whether it fits the model. */
export async function openChecked(
  spec: Dataset | string | undefined,
  model: Model,
  signal: AbortSignal | undefined,
): Promise<Dataset | undefined> {
  if (spec === undefined) return undefined;
  const dataset = await bindDataset(spec, model, signal);
  await firstSample(dataset);
  return dataset;
}
