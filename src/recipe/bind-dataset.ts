import { bindInputs } from '../data/bind-inputs.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { stateNotFedBack } from './errors.ts';

/** Opens a data set, if it is not open yet, and ties its fields to the model's inputs. */
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
  if (dataset.state) throw stateNotFedBack(dataset.name, Object.keys(dataset.state));
  return bindInputs(dataset, described);
}
