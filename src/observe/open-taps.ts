import type { Runner } from '../base/runner.ts';
import { type SequenceStep, StateFeedback } from '../base/state-feedback.ts';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { unobservableType, valueNotObserved } from './errors.ts';

/** A loaded model that hands out values from its inside. */
export interface Taps {
  /** The named values of one run, by name; with state, that of the step before is fed back. */
  run(step: SequenceStep): Promise<Map<string, Float32Array>>;
  close(): Promise<void>;
}

export interface TapOptions {
  readonly runner: Runner;
  readonly threads?: number | undefined;
  /** Model output → model input it is fed to at the next step. */
  readonly state?: Readonly<Record<string, string>> | undefined;
}

/** Loads a copy of the model with the named values as outputs. Throws where one does not exist or is not float32. */
export async function openTaps(
  model: Model,
  names: readonly string[],
  { runner, threads = 1, state }: TapOptions,
): Promise<Taps> {
  const inputs = new Set(model.graph.inputs.map((value) => value.name));
  const feedback = new StateFeedback(state);
  const fetches = feedback.fetches(names.filter((name) => !inputs.has(name)));
  const bytes = await modelToBytes(withOutputs(model, fetches));
  const session = await runner.load(bytes, { threads });
  return {
    async run(step) {
      const feeds = feedback.feeds(step);
      // Nothing to fetch where only inputs are wanted, which the engine would refuse.
      const outputs = fetches.length > 0 ? await session.run(feeds, fetches) : {};
      feedback.take(outputs);
      const results = { ...feeds, ...outputs };
      return new Map(names.map((name) => [name, floats(name, results[name])]));
    },
    close: () => session.close(),
  };
}

function floats(name: string, { data, dtype }: Tensor): Float32Array {
  if (!(data instanceof Float32Array)) throw unobservableType(name, dtype);
  return data;
}

/** A copy of the model that also hands out the named values. */
function withOutputs(model: Model, names: readonly string[]): Model {
  const copy = cloneModel(model);
  const wanted = new Set(names);
  for (const output of copy.graph.outputs) wanted.delete(output.name);
  for (const node of copy.graph.nodes) {
    for (const value of node.outputs) if (value && wanted.delete(value.name)) copy.graph.outputs.push(value);
  }
  for (const name of wanted) throw valueNotObserved(name);
  return copy;
}
