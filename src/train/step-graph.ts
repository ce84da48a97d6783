import { differentiate } from '../autodiff/differentiate.ts';
import { shapeNotFixed } from '../autodiff/errors.ts';
import type { Loss } from '../autodiff/loss.ts';
import type { Optimizer } from '../autodiff/optimizer.ts';
import type { DataType } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { type RunningStatistic, type TrainingForm, toTrainingForm } from '../ops/training-form.ts';
import { classScoresMissing, outputNotFound } from './errors.ts';
import { type FlatLayout, flatLayout, flatten, flatValues, unflatten } from './flat-layout.ts';
import { trainableValues } from './trainable-values.ts';

export interface StepGraphOptions<LossOptions = unknown, OptimizerOptions = unknown> {
  /** Samples a step; the graph is made for just so many. */
  readonly batch: number;
  readonly loss: Loss<LossOptions>;
  readonly lossOptions: LossOptions;
  readonly optimizer: Optimizer<OptimizerOptions>;
  readonly optimizerOptions: OptimizerOptions;
  /** The output that is judged; default the first. */
  readonly output?: string | undefined;
  /** Nodes whose parameters stay as they are. */
  readonly frozen?: ReadonlySet<Node> | undefined;
  /** Gradients longer than this (Euclidean, of all parameters together) are shortened to it. */
  readonly clipNorm?: number | undefined;
  /** Vectors and scalars (biases, scales) are not pulled towards 0 unless this says so. */
  readonly decayVectors?: boolean | undefined;
}

/** Names of the step graph's inputs and outputs beside the model's own inputs. */
export const stepNames = {
  target: 'pare.target',
  sampleWeights: 'pare.sample_weights',
  parameters: 'pare.parameters',
  buffers: 'pare.buffers',
  noise: 'pare.noise',
  state: (name: string) => `pare.state.${name}`,
  rate: 'pare.rate',
  step: 'pare.step',
  loss: 'pare.loss',
  next: (name: string) => `${name}.next`,
} as const;

/** A training step as one graph: forward pass, loss, gradients and update, with what it starts from. */
export interface StepGraph {
  readonly model: Model;
  readonly parameters: FlatLayout;
  /** Running statistics of batch normalization. */
  readonly buffers: FlatLayout;
  /** Uniform random numbers it wants at each step. */
  readonly noise: number;
  readonly state: readonly string[];
  readonly start: { readonly parameters: Float32Array; readonly buffers: Float32Array };
  readonly target: { readonly dtype: DataType; readonly shape: readonly number[] };
  /** The output judged, its shape included. */
  readonly prediction: { readonly name: string; readonly shape: readonly number[] };
}

/**
 * Builds the graph of one step for a model of operator set 18 or above. Parameters, running statistics and the optimizer's
 * state are flat inputs, their successors outputs, to be fed back; the model given stays as it is.
 */
export async function stepGraph<L, O>(original: Model, options: StepGraphOptions<L, O>): Promise<StepGraph> {
  const model = cloneModel(original);
  const { graph } = model;
  fixBatch(graph, options.batch);
  const frozen = new Set([...graph.nodes].filter((_, i) => isFrozen(original, i, options.frozen)));
  const weights = trainableValues(graph, frozen);
  const plainTypes = await inferTypes(model, { ignoreStated: true });
  const forms = [...graph.nodes].map((node) =>
    frozen.has(node) ? undefined : toTrainingForm(node, (value) => fixedShape(value, plainTypes)),
  );
  const statistics = forms.flatMap((form) => form?.statistics ?? []);
  const write = new GraphWriter(graph);
  const noise = addNoise(
    graph,
    write,
    forms.flatMap((form) => form?.noise ?? []),
  );
  const facts = {
    types: await inferTypes(model, { ignoreStated: true }),
    constants: await readSmallConstants(graph),
  };
  const prediction = predictionOf(graph, facts.types, options);
  const target = addTarget(graph, options.loss, prediction.shape);
  const sampleWeights = addInput(graph, stepNames.sampleWeights, [options.batch]);
  const loss = options.loss.build(
    { write, prediction: prediction.value, shape: prediction.shape, target, sampleWeights },
    options.lossOptions,
  );
  const lossFacts = {
    types: await inferTypes(model, { ignoreStated: true }),
    constants: await readSmallConstants(graph),
  };
  const gradients = differentiate(graph, loss, weights, lossFacts);
  const trained = weights.filter((value) => gradients.has(value));
  const parameters = layoutOf(trained);
  const buffers = layoutOf(statistics.map(({ current }) => current));
  const start = {
    parameters: await flatValues(trained, parameters),
    buffers: await flatValues(
      statistics.map(({ current }) => current),
      buffers,
    ),
  };
  const flat = replaceConstants(graph, write, stepNames.parameters, trained, parameters);
  const outputs = new Map<string, Value>([[stepNames.loss, loss]]);
  const gradient = clipped(
    write,
    flatten(
      write,
      trained.map((value) => gradients.get(value)!),
      parameters,
    ),
    options,
  );
  const state = update({ graph, write, flat, gradient, parameters, options, outputs });
  if (statistics.length > 0) renew({ graph, write, statistics, buffers, outputs });
  graph.outputs = [...outputs].map(([name, value]) => named(write, value, name));
  graph.sort();
  return {
    model,
    parameters,
    buffers,
    noise,
    state,
    start,
    target: { dtype: options.loss.target === 'classes' ? 'int64' : 'float', shape: shapeOf(target) },
    prediction: { name: prediction.name, shape: prediction.shape },
  };
}

/** Nodes of a copy stand in the order of the original's. */
function isFrozen(original: Model, index: number, frozen: ReadonlySet<Node> | undefined): boolean {
  if (!frozen || frozen.size === 0) return false;
  const node = [...original.graph.nodes][index];
  return node !== undefined && frozen.has(node);
}

/** Makes one flat input of all that want random numbers; returns its length. */
function addNoise(graph: Graph, write: GraphWriter, noise: TrainingForm['noise']): number {
  if (noise.length === 0) return 0;
  const layout = flatLayout(noise.map(({ value, shape }) => ({ name: value.name, shape })));
  const parts = unflatten(write, addInput(graph, stepNames.noise, [layout.length]), layout);
  for (const [i, { value }] of noise.entries()) value.replaceUses(parts[i]);
  return layout.length;
}

function fixedShape(value: Value, types: TypeMap): readonly number[] {
  const shape = types.get(value)?.shape;
  if (!shape?.every((n) => typeof n === 'number')) throw shapeNotFixed(value.name);
  // Narrowed by the check of every length.
  return shape as readonly number[];
}

/** Gives the batch axis of every input the step's length. */
function fixBatch(graph: Graph, batch: number): void {
  for (const value of graph.inputs) {
    if (value.initializer || value.type?.kind !== 'tensor' || !value.type.shape) continue;
    const [first, ...rest] = value.type.shape;
    if (first !== undefined && typeof first !== 'number')
      value.type = { ...value.type, shape: [batch, ...rest] };
  }
}

/** The value judged. Class scores behind a final Softmax are judged in front of it: the loss has its own. */
function predictionOf(
  graph: Graph,
  types: TypeMap,
  { output, loss }: { output?: string | undefined; loss: Pick<Loss, 'target'> },
) {
  const names = graph.outputs.map(({ name }) => name);
  const value = output === undefined ? graph.outputs[0] : graph.outputs.find(({ name }) => name === output);
  if (!value) throw outputNotFound(output ?? '', names);
  const { producer } = value;
  const isBehindSoftmax =
    loss.target === 'classes' && producer?.opType === 'Softmax' && producer.domain === '';
  const judged = isBehindSoftmax ? producer.inputs[0]! : value;
  const shape = types.get(judged)?.shape;
  if (!shape?.every((n) => typeof n === 'number') || (loss.target === 'classes' && shape.length < 2))
    throw classScoresMissing(value.name, shape);
  // Narrowed by the check of every length.
  return { name: value.name, value: judged, shape: shape as readonly number[] };
}

function addTarget(graph: Graph, { target }: Pick<Loss, 'target'>, shape: readonly number[]): Value {
  return target === 'classes'
    ? addInput(graph, stepNames.target, [shape[0], ...shape.slice(2)], 'int64')
    : addInput(graph, stepNames.target, shape);
}

function addInput(graph: Graph, name: string, shape: readonly number[], dtype: DataType = 'float'): Value {
  const value = new Value(graph.freshName(name), { kind: 'tensor', dtype, shape });
  graph.inputs.push(value);
  return value;
}

function shapeOf({ type }: Value): readonly number[] {
  // Made by `addInput`, of known lengths.
  return type?.kind === 'tensor' ? ((type.shape ?? []) as readonly number[]) : [];
}

function layoutOf(values: readonly Value[]): FlatLayout {
  return flatLayout(values.map(({ name, initializer }) => ({ name, shape: initializer!.shape })));
}

/** Makes readers of constants read parts of a flat input instead. */
function replaceConstants(
  graph: Graph,
  write: GraphWriter,
  name: string,
  values: readonly Value[],
  layout: FlatLayout,
): Value {
  const flat = addInput(graph, name, [layout.length]);
  const parts = unflatten(write, flat, layout);
  for (const [i, value] of values.entries()) {
    value.replaceUses(parts[i]);
    graph.removeInitializer(value);
    graph.inputs = graph.inputs.filter((input) => input !== value);
  }
  return flat;
}

/** g · min(1, limit / ‖g‖) */
function clipped(
  write: GraphWriter,
  gradient: Value,
  { clipNorm }: { clipNorm?: number | undefined },
): Value {
  if (clipNorm === undefined) return gradient;
  const norm = write.op('ReduceL2', [gradient], { keepdims: 0 });
  const ratio = write.op('Div', [write.scalar(clipNorm), write.op('Max', [norm, write.scalar(1e-12)])]);
  return write.op('Mul', [gradient, write.op('Min', [ratio, write.scalar(1)])]);
}

interface UpdateParts<L, O> {
  readonly graph: Graph;
  readonly write: GraphWriter;
  readonly flat: Value;
  readonly gradient: Value;
  readonly parameters: FlatLayout;
  readonly options: StepGraphOptions<L, O>;
  readonly outputs: Map<string, Value>;
}

/** Adds the optimizer; returns the names of its state vectors. */
function update<L, O>({
  graph,
  write,
  flat,
  gradient,
  parameters,
  options,
  outputs,
}: UpdateParts<L, O>): string[] {
  const { optimizer, optimizerOptions } = options;
  const state = optimizer.state(optimizerOptions).map(stepNames.state);
  const next = optimizer.build(
    {
      write,
      parameters: flat,
      gradient,
      state: state.map((name) => addInput(graph, name, [parameters.length])),
      rate: addInput(graph, stepNames.rate, []),
      step: addInput(graph, stepNames.step, []),
      decays: options.decayVectors ? undefined : decaysOf(write, parameters),
      lengths: parameters.entries.map(({ length }) => length),
    },
    optimizerOptions,
  );
  outputs.set(stepNames.next(stepNames.parameters), next.parameters);
  for (const [i, name] of state.entries()) outputs.set(stepNames.next(name), next.state[i]);
  return state;
}

/** 1 for elements of matrices and kernels, 0 for those of vectors; undefined where all are 1. */
function decaysOf(write: GraphWriter, { entries, length }: FlatLayout): Value | undefined {
  const data = new Float32Array(length);
  for (const { shape, offset, length: count } of entries)
    if (shape.length > 1) data.fill(1, offset, offset + count);
  return data.every((x) => x === 1) ? undefined : write.constant({ dtype: 'float', shape: [length], data });
}

interface RenewalParts {
  readonly graph: Graph;
  readonly write: GraphWriter;
  readonly statistics: readonly RunningStatistic[];
  readonly buffers: FlatLayout;
  readonly outputs: Map<string, Value>;
}

/** momentum · running + (1 − momentum) · batch, for all statistics at once; all nodes of a net share one momentum or few. */
function renew({ graph, write, statistics, buffers, outputs }: RenewalParts): void {
  const current = statistics.map((statistic) => statistic.current);
  const flat = replaceConstants(graph, write, stepNames.buffers, current, buffers);
  const batch = flatten(
    write,
    statistics.map((statistic) => statistic.batch),
    buffers,
  );
  const momenta = new Float32Array(buffers.length);
  for (const [i, { offset, length }] of buffers.entries.entries())
    momenta.fill(statistics[i].momentum, offset, offset + length);
  const isOne = momenta.every((m) => m === momenta[0]);
  const momentum = isOne
    ? write.scalar(momenta[0])
    : write.constant({ dtype: 'float', shape: [buffers.length], data: momenta });
  const kept = write.op('Mul', [flat, momentum]);
  const added = write.op('Mul', [batch, write.op('Sub', [write.scalar(1), momentum])]);
  outputs.set(stepNames.next(stepNames.buffers), write.op('Add', [kept, added]));
}

/** An output of that name. */
function named(write: GraphWriter, value: Value, name: string): Value {
  const output = write.op('Identity', [value]);
  output.name = name;
  return output;
}
