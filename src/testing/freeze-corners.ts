import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { runModel } from './run-model.ts';

const cornered: ReadonlySet<string> = new Set(['Relu', 'Clip']);

/**
 * A model that computes the same around the given inputs but has no corners: every element of a Relu or Clip stays on the
 * line it is on now, y = m·x + c. Its derivative at this place is the model's own, and difference quotients of any step
 * approach it, which they do not where thousands of elements turn within a step.
 */
export async function freezeCorners(
  runner: Runner,
  original: Model,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Model> {
  const model = cloneModel(original);
  const { graph } = model;
  const nodes = [...graph.nodes].filter(({ opType, domain }) => domain === '' && cornered.has(opType));
  if (nodes.length === 0) return model;
  const seen = new Map<string, Tensor>();
  const outputs = [...graph.outputs];
  const wanted = nodes.flatMap((node) => [node.inputs[0]!, node.output]);
  graph.outputs = [...new Set(wanted)].filter((value) => !graph.inputs.includes(value));
  for (const [name, tensor] of Object.entries(await runModel(runner, model, feeds))) seen.set(name, tensor);
  graph.outputs = outputs;
  const write = new GraphWriter(graph);
  for (const node of nodes) {
    const [x, y] = [node.inputs[0]!, node.output];
    const { slope, offset } = lineOf(tensorOf(x), tensorOf(y));
    const line = write.op('Add', [write.op('Mul', [x, write.constant(slope)]), write.constant(offset)]);
    graph.remove(node);
    line.producer?.setOutputs([y]);
  }
  graph.sort();
  return model;

  function tensorOf(value: Value): Tensor {
    return seen.get(value.name) ?? feeds[value.name];
  }
}

function lineOf(x: Tensor, y: Tensor): { slope: Tensor; offset: Tensor } {
  const { shape } = y;
  const slope = Float32Array.from(y.data as Float32Array, (value, i) =>
    value !== 0 && value === x.data[i] ? 1 : 0,
  );
  const offset = Float32Array.from(y.data as Float32Array, (value, i) => (slope[i] === 1 ? 0 : value));
  return { slope: { dtype: 'float', shape, data: slope }, offset: { dtype: 'float', shape, data: offset } };
}
