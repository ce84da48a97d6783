import type { Model } from '../../onnx/ir/model.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { unknownOutput } from '../errors.ts';

/** Keeps these outputs only, in this order; names of inner values make outputs of them. */
export function chooseOutputs(model: Model, names: readonly string[]): void {
  const { graph } = model;
  const made = new Map<string, Value>();
  for (const node of graph.nodes) for (const value of node.outputs) if (value) made.set(value.name, value);
  for (const value of graph.outputs) made.set(value.name, value);
  graph.outputs = [...new Set(names)].map((name) => {
    const value = made.get(name);
    if (!value)
      throw unknownOutput(
        name,
        graph.outputs.map((output) => output.name),
      );
    return value;
  });
}
