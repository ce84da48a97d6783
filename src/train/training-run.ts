import type { Session } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { EpochReport, TrainingReport } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import { checkpointUnusable } from './errors.ts';
import { rateFactor } from './rate-factor.ts';
import { readCheckpoint, type Standing } from './read-checkpoint.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';
import type { TrainContext } from './train-context.ts';
import { type StepInputs, Trainer, type TrainingState } from './trainer.ts';
import { trainingBatches } from './training-batches.ts';
import type { TrainingPlan } from './training-plan.ts';
import { validate } from './validate.ts';
import { whyNotFinite } from './why-not-finite.ts';
import { withParameters } from './with-parameters.ts';

export interface TrainingRunRequest extends TrainContext {
  readonly data: Dataset;
  readonly model: Model;
  readonly graph: StepGraph;
  /** Engines that a batch is shared out among. */
  readonly shares: number;
  /** Opens the step, where it is not just its graph, loaded. */
  readonly openStep?: (() => Promise<Session>) | undefined;
  /** The step for one share in standard operators, to find where numbers go wrong. */
  readonly standard: StepGraph;
  readonly backend: string;
  /** Steps that are made in one call of the engine. */
  readonly stepsAtOnce: number;
  readonly plan: TrainingPlan;
  readonly blank: Float32Array | undefined;
  /** The parameters it begins with are worth keeping: the model was trained before. */
  readonly startCounts: boolean;
}

/** Names of checkpoints. */
const LAST = 'last';
const BEST = 'best';
/** A run that is killed loses no more than this. */
const CHECKPOINT_SECONDS = 20;

/** One training from where it stands to its end. */
export class TrainingRun {
  readonly #request: TrainingRunRequest;
  readonly #trainer: Trainer;
  readonly #standing: Standing;
  /** The vectors of the best epoch so far. */
  #best: TrainingState['vectors'] | undefined;
  #saved = performance.now();

  private constructor(
    request: TrainingRunRequest,
    trainer: Trainer,
    standing: Standing,
    best: TrainingState['vectors'] | undefined,
  ) {
    this.#request = request;
    this.#trainer = trainer;
    this.#standing = standing;
    this.#best = best;
  }

  /** Goes on from the last checkpoint, if there is one. */
  static async open(request: TrainingRunRequest): Promise<TrainingRun> {
    const { graph, runner, threads, openStep } = request;
    const last = await checkpointOf(LAST, request);
    const standing: Standing = last?.standing ?? { step: 0, lossSum: 0, epochs: [] };
    const best = standing.best && (await checkpointOf(BEST, request));
    if (standing.best && !best) throw checkpointUnusable(BEST, 'it is missing');
    const state = { step: standing.step, vectors: last?.vectors ?? graph.start };
    const session = await openStep?.();
    const trainer = await Trainer.open(graph, runner, { threads, state, session });
    return new TrainingRun(request, trainer, standing, best?.vectors);
  }

  async close(): Promise<void> {
    await this.#trainer.close();
  }

  async toEnd(): Promise<Omit<TrainingReport, 'backend'>> {
    const { plan, data, graph, seed, blank, signal, onProgress, checkpointEvery } = this.#request;
    const pause = 1000 * (checkpointEvery ?? CHECKPOINT_SECONDS);
    const standing = this.#standing;
    if (standing.step === 0 && standing.epochs.length === 0) await this.#judgeStart();
    const source = { dataset: data, plan, graph, seed, blank, signal };
    if (!this.#isEnded())
      for await (const steps of this.#inCalls(trainingBatches({ ...source, from: standing.step }))) {
        signal?.throwIfAborted();
        const losses = await this.#trainer.runAll(steps);
        for (const loss of losses) {
          if (!Number.isFinite(loss)) throw await this.#whyNotFinite();
          standing.step++;
          standing.lossSum += loss;
        }
        const note = this.#note(losses.at(-1) ?? Number.NaN);
        onProgress?.({ phase: 'train', done: standing.step, total: plan.steps, note });
        const endsEpoch = standing.step % plan.stepsPerEpoch === 0;
        if (endsEpoch) await this.#endEpoch();
        else if (performance.now() - this.#saved > pause) await this.#save();
        if (endsEpoch && this.#isEnded()) break;
      }
    const { epochs, metric } = standing;
    return { epochs, ...(metric !== undefined && { metric }), chosen: this.#chosen() };
  }

  /** The model with the parameters that are to be kept. */
  async result(): Promise<Model> {
    const isBest = this.#request.plan.resolved.keep === 'best' && this.#best;
    return this.#modelOf(isBest || this.#trainer.state.vectors);
  }

  /** Batches with their rates, as many at once as the engine is called for; none of them over an epoch's end. */
  async *#inCalls(batches: AsyncIterable<Omit<StepInputs, 'rate'>>): AsyncGenerator<StepInputs[]> {
    const { plan, stepsAtOnce } = this.#request;
    let { step } = this.#standing;
    let call: StepInputs[] = [];
    for await (const batch of batches) {
      call.push({ ...batch, rate: this.#rateAt(step++) });
      if (call.length < stepsAtOnce && step % plan.stepsPerEpoch !== 0) continue;
      yield call;
      call = [];
    }
  }

  #whyNotFinite(): Promise<Error> {
    const { standard, runner, shares } = this.#request;
    return whyNotFinite(this.#trainer, standard, { runner, shares });
  }

  #chosen(): number {
    const { best, epochs } = this.#standing;
    return this.#request.plan.resolved.keep === 'best' && best ? best.epoch : epochs.length;
  }

  #isEnded(): boolean {
    const { step, epochs, best } = this.#standing;
    const { steps, resolved } = this.#request.plan;
    const isStuck =
      resolved.patience !== undefined && best && epochs.length - best.epoch >= resolved.patience;
    return step >= steps || isStuck === true;
  }

  /** The schedule goes by runs of the graph, also where several make one update. */
  #rateAt(step: number): number {
    const { lr, schedule, steps, stepsPerEpoch, resolved } = this.#request.plan;
    const progress = { step, steps, stepsPerEpoch };
    return lr * rateFactor(schedule.record, schedule.options, progress, resolved.warmUp);
  }

  #note(loss: number): string {
    const { epochs, metric } = this.#standing;
    const { plan } = this.#request;
    const last = epochs.at(-1);
    const value = metric === undefined ? undefined : last?.validation?.[metric];
    const judged = value === undefined ? '' : `, ${metric} ${value.toFixed(4)}`;
    const epoch = Math.min(epochs.length + 1, plan.epochs);
    return `epoch ${epoch}/${plan.epochs}, loss ${loss.toPrecision(3)}${judged}`;
  }

  /** A model that is good already may be better than all that follows. */
  async #judgeStart(): Promise<void> {
    const found = this.#request.startCounts ? await this.#validate() : undefined;
    if (!found) return;
    this.#standing.best = { epoch: 0, score: found.score };
    this.#best = this.#trainer.state.vectors;
    await this.#write(BEST, this.#best);
  }

  async #endEpoch(): Promise<void> {
    const { plan, onEpoch } = this.#request;
    const standing = this.#standing;
    const { step, lossSum } = standing;
    const epoch = standing.epochs.length + 1;
    // The loss tells of the parameters before the step only, and of running statistics not at all.
    const { vectors } = this.#trainer.state;
    const written = [vectors[stepNames.parameters], vectors[stepNames.buffers] ?? new Float32Array()];
    if (!written.every((vector) => vector.every(Number.isFinite))) throw await this.#whyNotFinite();
    const found = await this.#validate();
    const record: EpochReport = {
      epoch,
      step,
      loss: lossSum / plan.stepsPerEpoch,
      rate: this.#rateAt(step - 1),
      ...(found && { validation: found.metrics }),
    };
    standing.epochs.push(record);
    standing.lossSum = 0;
    standing.metric = found?.primary;
    if (found && !(standing.best && found.score <= standing.best.score)) {
      standing.best = { epoch, score: found.score };
      // Arrays the engine gave are never written to again.
      this.#best = this.#trainer.state.vectors;
      await this.#write(BEST, this.#best);
    }
    await this.#save();
    await onEpoch?.(record);
  }

  async #validate() {
    const { plan, data, runner, threads, graph, signal } = this.#request;
    if (plan.validation.length === 0) return undefined;
    return validate(this.#modelOf(this.#trainer.state.vectors), {
      runner,
      threads,
      dataset: data,
      indices: plan.validation,
      output: graph.prediction.name,
      signal,
    });
  }

  #modelOf(vectors: TrainingState['vectors']): Model {
    const { model, graph } = this.#request;
    const parameters = vectors[stepNames.average] ?? vectors[stepNames.parameters];
    return withParameters(model, [
      { layout: graph.parameters, values: parameters },
      { layout: graph.buffers, values: vectors[stepNames.buffers] ?? new Float32Array() },
    ]);
  }

  async #save(): Promise<void> {
    await this.#write(LAST, this.#trainer.state.vectors);
    this.#saved = performance.now();
  }

  async #write(name: string, vectors: TrainingState['vectors']): Promise<void> {
    const facts = { fingerprint: fingerprintOf(this.#request), standing: this.#standing };
    await this.#request.checkpoints?.write(name, encodeCheckpoint({ facts, vectors }));
  }
}

/** What must be the same for a run to go on. */
function fingerprintOf({
  plan,
  data,
  seed,
  graph,
  runner,
  threads,
  backend,
}: TrainingRunRequest): Record<string, unknown> {
  return {
    // The back end that was chosen stands for itself.
    options: { ...plan.resolved, backend: undefined },
    data: `${data.name}, ${data.length} samples`,
    seed,
    threads,
    backend,
    engine: `${runner.engine.name} ${runner.engine.version}`,
    parameters: graph.parameters.entries.map(({ name, length }) => `${name} ${length}`),
  };
}

async function checkpointOf(name: string, request: TrainingRunRequest) {
  const bytes = await request.checkpoints?.read(name);
  const { steps, stepsPerEpoch } = request.plan;
  const fit = {
    name,
    fingerprint: fingerprintOf(request),
    steps,
    stepsPerEpoch,
    vectors: request.graph.start,
  };
  return bytes && readCheckpoint(bytes, fit);
}
