import { bindInputs } from '../data/bind-inputs.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { unknownStateOutput } from './errors.ts';

/** Opens a data set, if it is not open yet, and ties its fields to the model's inputs and its state to its outputs. */
export async function bindDataset(
  data: Dataset | string,
  model: Model,
  signal?: AbortSignal,
): Promise<Dataset> {
  const inputs = model.graph.inputs.filter((value) => !value.initializer);
  const described = inputs.map(({ name, type }) => ({
    name,
    // Unknown lengths accept anything, as symbols do.
    shape: type?.kind === 'tensor' && type.shape ? type.shape.map((n) => n ?? '?') : [],
    dtype: type?.kind === 'tensor' ? type.dtype : 'float',
  }));
  const dataset = typeof data === 'string' ? await openDataset(data, { signal }) : data;
  const outputs = model.graph.outputs.map(({ name }) => name);
  for (const output of Object.keys(dataset.state ?? {}))
    if (!outputs.includes(output)) throw unknownStateOutput(dataset.name, output, outputs);
  return bindInputs(dataset, described);
}
