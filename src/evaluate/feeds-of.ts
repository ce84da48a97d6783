import type { Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { inputNotBound } from './errors.ts';

/** The inputs a model has, taken from a batch that may hold more; throws a PareError where one is missing. */
export function feedsOf(
  { inputNames }: Pick<Session, 'inputNames'>,
  inputs: Readonly<Record<string, Tensor>>,
  dataset: string,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const name of inputNames) {
    if (!Object.hasOwn(inputs, name)) throw inputNotBound(name, dataset, Object.keys(inputs));
    feeds[name] = inputs[name];
  }
  return feeds;
}
