import type { Dataset } from '../data/dataset.ts';
import { holdDataset } from '../data/hold-dataset.ts';
import type { TrainingReport, Warning } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { countMacs } from '../ops/count-macs.ts';
import { matchNodes } from '../passes/match-nodes.ts';
import { blankOf } from './blank-of.ts';
import { chooseStepGraph } from './choose-step-graph.ts';
import { classCounts } from './class-counts.ts';
import { nothingToAugment } from './errors.ts';
import type { TrainOptions } from './options.ts';
import { parallelSession } from './parallel-session.ts';
import { prepareModel } from './prepare-model.ts';
import { ratesOf } from './rates-of.ts';
import { wholeStep } from './split-step.ts';
import { stepGraph } from './step-graph.ts';
import { stepsAtOnce } from './steps-at-once.ts';
import type { TrainContext } from './train-context.ts';
import type { StepInputs } from './trainer.ts';
import { type BatchesRequest, trainingBatches } from './training-batches.ts';
import { type TrainingPlan, trainingPlan } from './training-plan.ts';
import { TrainingRun } from './training-run.ts';

/** A trained model, with how it came about. */
export interface TrainResult {
  readonly model: Model;
  /** The last layer was replaced by one of other classes. */
  readonly hasNewHead: boolean;
  /** The options with every choice filled in. */
  readonly resolved: TrainOptions;
  readonly history: TrainingReport;
  readonly warnings: readonly Warning[];
}

/** Samples that take no more are held in memory, so that they are read and decoded once. */
const HELD_BYTES = 2 ** 30;
/** A last layer of random weights has further to go than a model that is good already. */
const NEW_HEAD_RATE = 1e-3;

/**
 * Trains the parameters of a copy of the model: all of them, or those not frozen. Same model, data, options, seed and
 * threads give the same parameters, in one go or from checkpoints.
 * @throws PareError on data that does not fit the model and the loss, on operators without a gradient rule, and where the
 * loss becomes NaN or infinite
 */
export async function train(
  model: Model,
  options: TrainOptions,
  context: TrainContext,
): Promise<TrainResult> {
  const { runner, seed, signal } = context;
  const { model: prepared, hasNewHead } = await prepareModel(model, options, { runner, seed });
  const data = await holdDataset(context.data, { limitBytes: HELD_BYTES, signal });
  const plan = trainingPlan(
    data,
    await balanced(options, data),
    { ...(hasNewHead && { rate: NEW_HEAD_RATE }), ...context.defaults },
    seed,
  );
  const shapes = await sampleShapes(data);
  const stepOptions = {
    ...graphOptions(plan),
    frozen: matchNodes(prepared.graph, options.freeze),
    rates: ratesOf(prepared.graph, options.rate),
    shapes,
  };
  const blank = plan.augmentations.length === 0 ? undefined : await blankOf(data, plan.training);
  if (plan.augmentations.length > 0 && !blank) throw nothingToAugment(data.name);
  const shares = options.dataParallel;
  const ofShare = { ...plan, batch: plan.batch / shares };
  const make = (block?: number) => stepGraph(prepared, { ...stepOptions, batch: ofShare.batch, block });
  const chosen = await chooseStepGraph(make, {
    choice: options.backend,
    runner,
    threads: context.threads,
    first: (graph) => firstStep({ dataset: data, plan: ofShare, graph, seed, blank, signal, from: 0 }),
  });
  const { total: macs } = await countMacs(prepared);
  const atOnce = shares > 1 ? 1 : stepsAtOnce({ batch: plan.batch, macs, shapes });
  const startCounts = context.isTrained === true && !hasNewHead;
  const run = await TrainingRun.open({
    ...context,
    ...chosen,
    graph: wholeStep(chosen.graph, shares),
    shares,
    openStep: shares > 1 ? () => parallelSession(chosen.graph, shares, context) : undefined,
    stepsAtOnce: atOnce,
    data,
    model: prepared,
    plan,
    blank,
    startCounts,
  });
  try {
    const history = await run.toEnd();
    const { backend, warnings } = chosen;
    return {
      model: await run.result(),
      hasNewHead,
      resolved: plan.resolved,
      history: { ...history, backend },
      warnings,
    };
  } finally {
    await run.close();
  }
}

/** What the first step is shown. */
async function firstStep(request: BatchesRequest): Promise<StepInputs> {
  // A plan has at least one step.
  for await (const batch of trainingBatches(request)) return { ...batch, rate: request.plan.lr };
  throw new Error('a training without a step');
}

/** Lengths that the model leaves open are those of the samples. */
async function sampleShapes(data: Dataset): Promise<Record<string, readonly number[]>> {
  for await (const { inputs } of data.batches({ batchSize: 1, indices: [0] }))
    return Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  return {};
}

function graphOptions(plan: TrainingPlan) {
  const { batch, loss, optimizer, classesLast, resolved } = plan;
  const { judge, clipNorm, average, accumulate } = resolved;
  return {
    batch,
    loss: loss.record,
    lossOptions: loss.options,
    optimizer: optimizer.record,
    optimizerOptions: optimizer.options,
    classesLast,
    output: judge,
    clipNorm,
    average,
    accumulate,
  };
}

/** Writes `balanced` as numbers: n / (classes · samples of the class). */
async function balanced(options: TrainOptions, data: Dataset): Promise<TrainOptions> {
  if (options.classWeights !== 'balanced') return options;
  const counts = await classCounts(data);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return { ...options, classWeights: counts.map((count) => total / (counts.length * Math.max(count, 1))) };
}
