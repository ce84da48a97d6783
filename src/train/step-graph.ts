import { differentiate } from '../autodiff/differentiate.ts';
import { fixedShape } from '../autodiff/fixed-shape.ts';
import type { Loss } from '../autodiff/loss.ts';
import type { DataType } from '../base/tensor.ts';
import { lowerToBlocked, type StoredParameter } from '../blocked/lower-to-blocked.ts';
import { nchwcDomain } from '../blocked/nchwc.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { toDifferentiableForm } from '../ops/differentiable-form.ts';
import { expandComposites } from '../ops/gradients/composites.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { inferTypes } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { type TrainingForm, toTrainingForm } from '../ops/training-form.ts';
import { addInput } from './add-input.ts';
import { nothingToTrain } from './errors.ts';
import { type FlatLayout, flatLayout, flatten, flatValues, unflatten } from './flat-layout.ts';
import { predictionOf } from './prediction-of.ts';
import { renewStatistics } from './renew-statistics.ts';
import { stepNames } from './step-names.ts';
import { trainableValues } from './trainable-values.ts';
import { type UpdateOptions, updateParameters } from './update-parameters.ts';

export interface StepGraphOptions<L = unknown, O = unknown> extends UpdateOptions<O> {
  /** Samples a step; the graph is made for just so many. */
  readonly batch: number;
  readonly loss: Loss<L>;
  readonly lossOptions: L;
  /** The output that is judged; default the first. */
  readonly output?: string | undefined;
  /** Scores stand on the last axis, as those of each position of a sequence do, and not on axis 1. */
  readonly classesLast?: boolean | undefined;
  /** Shapes of one sample by input, its batch axis included, for lengths the model leaves open. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Channels of a block, where the step is to run on the engine's kernels for blocks of channels; default standard operators. */
  readonly block?: number | undefined;
  /** Nodes (of the model given) whose parameters stay as they are. */
  readonly frozen?: ReadonlySet<Node> | undefined;
  /** Learning rates of nodes (of the model given) relative to the common one; default 1. */
  readonly rates?: ReadonlyMap<Node, number> | undefined;
}

/** A training step as one graph: forward pass, loss, gradients and update, with what it starts from. */
export interface StepGraph {
  readonly model: Model;
  readonly parameters: FlatLayout;
  /**
   * Where the model holds parameters, and vectors of their length, in another order: for each element its place in the plain
   * order, −1 where it is 0 for good.
   */
  readonly places?: Int32Array;
  /** Running statistics of batch normalization. */
  readonly buffers: FlatLayout;
  /** Uniform random numbers it wants at each step. */
  readonly noise: number;
  /** Gradients of so many runs are averaged before the parameters change. */
  readonly accumulate: number;
  /** First values of the flat inputs that each step renews, by name. */
  readonly start: Readonly<Record<string, Float32Array>>;
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
  const twins = twinsOf(original.graph, graph);
  fixLengths(graph, options);
  const frozen = new Set([...(options.frozen ?? [])].flatMap((node) => twins.get(node) ?? []));
  const weights = trainableValues(graph, frozen);
  // Before nodes are replaced by others that read the same parameters.
  const rateOfWeight = new Map(weights.map((value) => [value, rateOf(value, options.rates, twins)]));
  const { statistics, noise } = await trainingForms(model, frozen, options.block !== undefined);
  const write = new GraphWriter(graph);
  const noiseLength = addNoise(graph, write, noise);
  const { types } = await factsOf(model);
  const prediction = predictionOf(graph, write, types, options);
  const loss = addLoss(graph, write, prediction, options);
  const gradients = differentiate(graph, loss.value, weights, await factsOf(model), {
    keepsComposites: true,
  });
  const kept = [loss.value, ...statistics.map(({ batch }) => batch)];
  const stored = await lower(model, gradients, kept, options.block);
  const trained = weights.filter((value) => gradients.has(value));
  if (trained.length === 0) throw nothingToTrain();
  const rates = trained.map((value) => rateOfWeight.get(value) ?? 1);
  const parameters = await heldFlat(graph, write, stepNames.parameters, trained, stored);
  const gradient = flatten(
    write,
    trained.map((value) => stored.get(value)?.gradient ?? gradients.get(value)!),
    parameters.stored,
  );
  gradient.name = stepNames.gradient;
  const place = { graph, write, layout: parameters.stored, rates };
  const next = updateParameters(place, parameters.flat, gradient, options);
  const running = statistics.map(({ current }) => current);
  const buffers = running.length > 0 ? await heldFlat(graph, write, stepNames.buffers, running) : undefined;
  if (buffers) next.set(stepNames.buffers, renewStatistics(write, buffers.flat, statistics, buffers.layout));
  const taken = new Set<Value>();
  graph.outputs = [
    named(write, loss.value, stepNames.loss, taken),
    ...Array.from(next, ([name, value]) => named(write, value, stepNames.next(name), taken)),
  ];
  graph.sort();
  const zeros = Object.fromEntries(
    Array.from(next.keys(), (name) => [name, new Float32Array(parameters.layout.length)]),
  );
  return {
    model,
    parameters: parameters.layout,
    ...(stored.size > 0 && { places: placesOf(parameters, trained, stored) }),
    buffers: buffers?.layout ?? flatLayout([]),
    noise: noiseLength,
    accumulate: options.accumulate ?? 1,
    start: {
      ...zeros,
      [stepNames.parameters]: parameters.start,
      ...(options.average !== undefined && { [stepNames.average]: parameters.start }),
      ...(buffers && { [stepNames.buffers]: buffers.start }),
    },
    target: loss.target,
    prediction: { name: prediction.name, shape: prediction.shape },
  };
}

/** Nodes of a copy stand in the order of the original's. */
function twinsOf(original: Graph, copy: Graph): Map<Node, Node> {
  const copies = [...copy.nodes];
  return new Map([...original.nodes].map((node, i) => [node, copies[i]]));
}

async function factsOf(model: Model) {
  return {
    types: await inferTypes(model, { ignoreStated: true }),
    constants: await readSmallConstants(model.graph),
  };
}

/**
 * Gives the batch axis of every input the step's length (one of 1 is taken for an example of it), and open lengths those of
 * the samples.
 */
function fixLengths(graph: Graph, { batch, shapes = {} }: Pick<StepGraphOptions, 'batch' | 'shapes'>): void {
  for (const value of graph.inputs) {
    if (value.initializer || value.type?.kind !== 'tensor' || !value.type.shape) continue;
    const sample = Object.hasOwn(shapes, value.name) ? shapes[value.name] : [];
    const [first, ...rest] = value.type.shape.map((n, axis) =>
      typeof n === 'number' ? n : (sample[axis] ?? n),
    );
    const isOpen = rest.length > 0 && (typeof first !== 'number' || first === 1);
    value.type = { ...value.type, shape: [isOpen ? batch : first, ...rest] };
  }
  // What the file states of inner values may hold for another batch.
  for (const node of graph.nodes) for (const value of node.outputs) if (value) value.type = undefined;
}

/** Turns nodes into the form they have in training; of the frozen ones only those that have no gradient as they are. */
async function trainingForms(
  model: Model,
  frozen: ReadonlySet<Node>,
  isBlocked: boolean,
): Promise<TrainingForm> {
  const types = await inferTypes(model, { ignoreStated: true });
  const shapeOf = (value: Value) => fixedShape(value, types);
  const forms: TrainingForm[] = [];
  // Dropout last: what it is replaced by has no inferred type, which others would ask for.
  const isDropout = ({ opType, domain }: Node) => domain === '' && opType === 'Dropout';
  const nodes = [...model.graph.nodes];
  for (const node of [...nodes.filter((each) => !isDropout(each)), ...nodes.filter(isDropout)])
    if (frozen.has(node)) toDifferentiableForm(node, shapeOf);
    else forms.push(toTrainingForm(node, shapeOf, { keepsConvolutions: isBlocked }));
  return {
    statistics: forms.flatMap((form) => form.statistics),
    noise: forms.flatMap((form) => form.noise),
  };
}

/** Makes one flat input of all that want random numbers; returns its length. */
function addNoise(graph: Graph, write: GraphWriter, noise: TrainingForm['noise']): number {
  if (noise.length === 0) return 0;
  const layout = flatLayout(noise.map(({ value, shape }) => ({ name: value.name, shape })));
  const parts = unflatten(write, addInput(graph, stepNames.noise, [layout.length]), layout);
  for (const [i, { value }] of noise.entries()) value.replaceUses(parts[i]);
  return layout.length;
}

/** The loss as a scalar, with the inputs it is judged by. */
function addLoss<L>(
  graph: Graph,
  write: GraphWriter,
  { value: prediction, shape }: { value: Value; shape: readonly number[] },
  { loss, lossOptions, batch }: Pick<StepGraphOptions<L>, 'loss' | 'lossOptions' | 'batch'>,
): { value: Value; target: StepGraph['target'] } {
  const target: StepGraph['target'] =
    loss.target === 'classes'
      ? { dtype: 'int64', shape: [shape[0], ...shape.slice(2)] }
      : { dtype: 'float', shape };
  const inputs = {
    write,
    prediction,
    shape,
    target: addInput(graph, stepNames.target, target.shape, target.dtype),
    sampleWeights: addInput(graph, stepNames.sampleWeights, [batch]),
  };
  return { value: loss.build(inputs, lossOptions), target };
}

/** The rate of the first node that reads the parameter and has one. */
function rateOf(
  value: Value,
  rates: ReadonlyMap<Node, number> | undefined,
  twins: ReadonlyMap<Node, Node>,
): number {
  for (const [node, rate] of rates ?? []) if (twins.get(node)?.inputs.includes(value)) return rate;
  return 1;
}

/** Turns composites into operators the engine has; returns the parameters it wants in another order. */
async function lower(
  model: Model,
  gradients: ReadonlyMap<Value, Value>,
  kept: readonly Value[],
  block: number | undefined,
): Promise<ReadonlyMap<Value, StoredParameter>> {
  const { graph } = model;
  if (block === undefined) {
    expandComposites(graph, new Set([...kept, ...gradients.values()]));
    return new Map();
  }
  model.opsetImports.set(nchwcDomain, 1);
  return lowerToBlocked(graph, { ...(await factsOf(model)), block, gradients, kept });
}

interface HeldFlat {
  readonly flat: Value;
  readonly layout: FlatLayout;
  /** With parameters that the engine wants in another order as it wants them. */
  readonly stored: FlatLayout;
  /** In plain order. */
  readonly start: Float32Array;
}

/** Makes readers of constants read parts of a flat input instead. */
async function heldFlat(
  graph: Graph,
  write: GraphWriter,
  name: string,
  values: readonly Value[],
  reordered: ReadonlyMap<Value, StoredParameter> = new Map(),
): Promise<HeldFlat> {
  const shapeOf = (value: Value) => value.initializer!.shape;
  const layout = flatLayout(values.map((value) => ({ name: value.name, shape: shapeOf(value) })));
  const stored = flatLayout(
    values.map((value) => ({
      name: value.name,
      shape: reordered.get(value)?.layout.shape ?? shapeOf(value),
    })),
  );
  const start = await flatValues(values, layout);
  const flat = addInput(graph, name, [stored.length]);
  const parts = unflatten(write, flat, stored);
  for (const [i, value] of values.entries()) {
    (reordered.get(value)?.value ?? value).replaceUses(parts[i]);
    graph.removeInitializer(value);
    graph.inputs = graph.inputs.filter((input) => input !== value);
  }
  return { flat, layout, stored, start };
}

/** Of all parameters, one behind the other. */
function placesOf(
  { layout, stored }: HeldFlat,
  values: readonly Value[],
  reordered: ReadonlyMap<Value, StoredParameter>,
): Int32Array {
  const places = new Int32Array(stored.length);
  for (const [i, value] of values.entries()) {
    const { offset, length } = stored.entries[i];
    const own = reordered.get(value)?.layout.places() ?? Int32Array.from({ length }, (_, at) => at);
    for (const [at, place] of own.entries())
      places[offset + at] = place < 0 ? -1 : layout.entries[i].offset + place;
  }
  return places;
}

/** An output of that name: the value itself, for a copy costs a pass; one that is an output or input already is copied. */
function named(write: GraphWriter, value: Value, name: string, taken: Set<Value>): Value {
  const output = value.producer && !taken.has(value) ? value : write.op('Identity', [value]);
  taken.add(output);
  output.name = name;
  return output;
}
