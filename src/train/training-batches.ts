import { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Batch, Dataset } from '../data/dataset.ts';
import { mixSeed } from '../data/mix-seed.ts';
import { augmentBatch } from './augment-batch.ts';
import { batchVaries, labelOutOfRange } from './errors.ts';
import type { StepGraph } from './step-graph.ts';
import { oneHot, targetOf } from './target-of.ts';
import type { StepInputs } from './trainer.ts';
import type { TrainingPlan } from './training-plan.ts';

/** Seeds of one training that must not meet. */
const ORDER = 1;
const AUGMENTATION = 2;
const NOISE = 3;

export interface BatchesRequest {
  readonly dataset: Dataset;
  readonly plan: TrainingPlan;
  readonly graph: StepGraph;
  readonly seed: number;
  /** A sample of what empty places hold, for augmentations. */
  readonly blank: Float32Array | undefined;
  /** Steps made already. */
  readonly from: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What each step is shown, from step `from` to the last. Order, changes and noise depend on the seed and the number of the
 * epoch or step alone, so that a training that goes on is shown what it would have been. Samples that fill no whole batch
 * wait for another epoch.
 */
export async function* trainingBatches(request: BatchesRequest): AsyncGenerator<Omit<StepInputs, 'rate'>> {
  const { dataset, plan, seed, from, signal } = request;
  const { batch, epochs, stepsPerEpoch, training } = plan;
  let step = from;
  for (let epoch = Math.floor(from / stepsPerEpoch); epoch < epochs; epoch++) {
    const order = new Rng(mixSeed(mixSeed(seed, ORDER), epoch)).shuffle(training.slice());
    const indices = order.subarray((step % stepsPerEpoch) * batch, stepsPerEpoch * batch);
    for await (const shown of dataset.batches({ batchSize: batch, indices, signal }))
      yield stepOf(shown, step++, request);
  }
}

function stepOf(batch: Batch, step: number, request: BatchesRequest): Omit<StepInputs, 'rate'> {
  const { plan, graph, dataset, seed } = request;
  const rows = batch.labels?.length ?? Object.values(batch.inputs)[0].shape[0];
  if (rows !== plan.batch) throw batchVaries(dataset.name, plan.batch, rows);
  checkLabels(batch, graph, dataset.name);
  const rng = (purpose: number) => new Rng(mixSeed(mixSeed(seed, purpose), step));
  const target = softTargets(batch, request) ?? targetOf(batch, graph.target, dataset.name);
  augmentBatch(batch.inputs, plan.augmentations, {
    rng: rng(AUGMENTATION),
    blank: request.blank,
    // Values are mixed like the samples they belong to; class indices cannot be.
    targets: target.data instanceof Float32Array ? target.data : undefined,
  });
  return { inputs: batch.inputs, target, noise: noiseOf(graph.noise, rng(NOISE)) };
}

/** Wrong indices would be taken for padding, or crash the engine. */
function checkLabels({ labels }: Batch, { prediction }: StepGraph, where: string): void {
  if (!labels) return;
  const classes = prediction.shape[1];
  for (const label of labels) if (label >= classes) throw labelOutOfRange(where, label, classes);
}

/** Of labels, where the loss takes a probability for each class. */
function softTargets({ labels }: Batch, { plan, graph }: BatchesRequest): Tensor | undefined {
  if (!labels || plan.loss.record.target === 'classes') return undefined;
  const { shape } = graph.prediction;
  if (shape.length !== 2 || shape[1] < 2) return undefined;
  const data = oneHot(labels, shape[1]);
  const spread = plan.labelSmoothing;
  if (spread > 0) for (const i of data.keys()) data[i] = data[i] * (1 - spread) + spread / shape[1];
  return { dtype: 'float', shape, data };
}

function noiseOf(length: number, rng: Rng): Float32Array | undefined {
  if (length === 0) return undefined;
  const noise = new Float32Array(length);
  // Millions of them a step: a plain loop takes a tenth of the time of Float32Array.from.
  for (let i = 0; i < length; i++) noise[i] = rng.uniform();
  return noise;
}
