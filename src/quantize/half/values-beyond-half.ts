import type { Runner } from '../../base/runner.ts';
import type { Dataset } from '../../data/dataset.ts';
import { addExtremesTap } from '../../observe/add-extremes-tap.ts';
import { type ObserveOptions, observeValues } from '../../observe/observe-values.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { inferTypes } from '../../ops/infer-types.ts';
import { FLOAT16_MAX } from '../../tensor/float16.ts';

export type HalfObservation = ObserveOptions & { readonly runner: Runner; readonly dataset: Dataset };

/** Names of the float32 values of the main graph that exceed float16's range on the samples. */
export async function valuesBeyondHalf(model: Model, run: HalfObservation): Promise<Set<string>> {
  const copy = cloneModel(model);
  const types = await inferTypes(copy);
  const taps = new Map<string, string>();
  for (const node of [...copy.graph.nodes]) {
    for (const value of node.outputs) {
      const type = value && types.get(value);
      // The extremes of what may be empty are no numbers.
      if (value && type?.dtype === 'float' && !type.shape?.includes(0))
        taps.set(addExtremesTap(copy.graph, value).name, value.name);
    }
  }
  copy.graph.sort();
  const beyond = new Set<string>();
  const take = (tap: string, [min, max]: Float32Array): void => {
    const name = taps.get(tap);
    if (name !== undefined && Math.max(-min, max) > FLOAT16_MAX) beyond.add(name);
  };
  await observeValues(copy, [...taps.keys()], take, run);
  return beyond;
}
