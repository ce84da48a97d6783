import { cloneModel } from '../onnx/clone-model.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { removeDead } from '../passes/remove-dead.ts';
import { addInput } from './add-input.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';

/** A step cut where the gradient is: what each share of the samples goes through, and what is made of all shares. */
export interface SplitStep {
  /** Puts out what `shared` names. */
  readonly gradient: Model;
  /** Takes what each share gave, by `ofShare`, and puts out what a step does. */
  readonly update: Model;
  /** What is the mean of all shares: loss, gradient, and running statistics. */
  readonly shared: readonly string[];
}

/** Name of a share's value in the update. */
export function ofShare(name: string, share: number): string {
  return `${name}/${share}`;
}

/**
 * Facts of a step of so many shares; its graph is that of one.
 * @param share the step for one share of the samples
 */
export function wholeStep(share: StepGraph, shares: number): StepGraph {
  const whole = ([rows, ...rest]: readonly number[]) => [rows * shares, ...rest];
  const { target, prediction, noise } = share;
  return {
    ...share,
    noise: noise * shares,
    target: { ...target, shape: whole(target.shape) },
    prediction: { ...prediction, shape: whole(prediction.shape) },
  };
}

/** @param shares how many there are, each a batch of the step given */
export function splitStep({ model, places, parameters, buffers }: StepGraph, shares: number): SplitStep {
  const statistics = stepNames.next(stepNames.buffers);
  const lengths = new Map<string, readonly number[]>([
    [stepNames.loss, []],
    [stepNames.gradient, [places?.length ?? parameters.length]],
    ...(buffers.length > 0 ? [[statistics, [buffers.length]] as const] : []),
  ]);
  const shared = [...lengths.keys()];
  return {
    gradient: gradientOf(model, shared),
    update: updateOf(model, lengths, shares),
    shared,
  };
}

function gradientOf(model: Model, shared: readonly string[]): Model {
  const copy = cloneModel(model);
  const { graph } = copy;
  graph.outputs = shared.map((name) => valueNamed(graph, name));
  return withoutRest(copy);
}

function updateOf(model: Model, shapes: ReadonlyMap<string, readonly number[]>, shares: number): Model {
  const copy = cloneModel(model);
  const { graph } = copy;
  const write = new GraphWriter(graph);
  for (const [name, shape] of shapes) {
    const parts = Array.from({ length: shares }, (_, i) => addInput(graph, ofShare(name, i), shape));
    const whole = valueNamed(graph, name);
    const mean = write.op('Mean', parts);
    graph.outputs = graph.outputs.map((output) => (output === whole ? mean : output));
    whole.replaceUses(mean);
    whole.name = '';
    mean.name = name;
  }
  return withoutRest(copy);
}

function valueNamed(graph: Graph, name: string): Value {
  for (const node of graph.nodes) for (const value of node.outputs) if (value?.name === name) return value;
  throw new Error(`a step has no "${name}"`);
}

/** Takes away what no output depends on, inputs too. */
function withoutRest(model: Model): Model {
  const { graph } = model;
  removeDead(graph);
  graph.inputs = graph.inputs.filter((value) => value.isUsed);
  return model;
}
