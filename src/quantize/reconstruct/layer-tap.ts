import { check } from '../../base/check.ts';
import type { Runner } from '../../base/runner.ts';
import { type SequenceStep, StateFeedback } from '../../base/state-feedback.ts';
import type { Tensor } from '../../base/tensor.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import { removeDead } from '../../passes/remove-dead.ts';
import type { LayerMatrix } from './layer-matrix.ts';

/** A model up to what one of its layers reads; with state, up to that too. */
export interface LayerTap {
  run(step: SequenceStep): Promise<Tensor>;
  close(): Promise<void>;
}

interface Engine {
  readonly runner: Runner;
  readonly threads: number;
  readonly state?: Readonly<Record<string, string>> | undefined;
}

/** @param model the layer's, or another of the same names */
export async function openLayerTap(
  model: Model,
  { layer, reads }: LayerMatrix,
  { runner, threads, state }: Engine,
): Promise<LayerTap> {
  const copy = cloneModel(model);
  const { graph } = copy;
  const feedback = new StateFeedback(state);
  const write = new GraphWriter(graph);
  const tap = write.op('Identity', [reads(sameNode(graph, layer), write)]);
  const states = new Set(feedback.fetches([]));
  graph.outputs = [tap, ...graph.outputs.filter(({ name }) => states.has(name))];
  removeDead(graph);
  const session = await runner.load(await modelToBytes(copy), { threads });
  const wanted = new Set(session.inputNames);
  return {
    async run(step) {
      const feeds = Object.entries(feedback.feeds(step)).filter(([input]) => wanted.has(input));
      const outputs = await session.run(Object.fromEntries(feeds));
      feedback.take(outputs);
      return outputs[tap.name];
    },
    close: () => session.close(),
  };
}

/** The node of the same name of outputs. */
function sameNode(graph: Graph, layer: Node): Node {
  const name = layer.outputs.find((value) => value !== undefined)?.name;
  const node = [...graph.nodes].find(({ outputs }) => outputs.some((value) => value?.name === name));
  check(node !== undefined, () => `"${name}" is not in the model`);
  return node;
}
