import type { Runner, Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { stackTensors } from '../tensor/stack-tensors.ts';
import { severalSteps } from './several-steps.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';
import { toPlainOrder, toStoredOrder } from './stored-order.ts';

/** Everything that changes from step to step; a checkpoint holds just this. */
export interface TrainingState {
  /** Runs of the graph so far. */
  readonly step: number;
  /** The flat vectors by the name of their input: parameters, running statistics, the optimizer's. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

export interface StepInputs {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly target: Tensor;
  /** What each sample counts; default 1. */
  readonly sampleWeights?: Float32Array;
  readonly rate: number;
  /** Uniform numbers in [0, 1), as many as the graph wants; default none. */
  readonly noise?: Float32Array | undefined;
}

type Load = (model: Model) => Promise<Session>;

/** A loaded training step with its state. */
export class Trainer {
  readonly graph: StepGraph;
  readonly #session: Session;
  readonly #load: Load;
  /** Of several steps, made when they are first asked for. */
  #many: Promise<Session> | undefined;
  readonly #ones: Tensor;
  #held: Record<string, Tensor>;
  #step: number;
  #lastFeeds: Readonly<Record<string, Tensor>>[] = [];

  private constructor(graph: StepGraph, load: Load, session: Session, state: TrainingState) {
    this.graph = graph;
    this.#load = load;
    this.#session = session;
    const [batch] = graph.target.shape;
    this.#ones = vector(new Float32Array(batch).fill(1));
    this.#held = Object.fromEntries(
      Object.entries(state.vectors).map(([name, data]) => [name, vector(toStoredOrder(graph, name, data))]),
    );
    this.#step = state.step;
  }

  /**
   * @param state where to go on; default the beginning
   * @param session of the step, where it is not just its graph, loaded
   */
  static async open(
    graph: StepGraph,
    runner: Runner,
    {
      threads = 1,
      state = { step: 0, vectors: graph.start },
      session,
    }: { threads?: number; state?: TrainingState; session?: Session | undefined } = {},
  ): Promise<Trainer> {
    const load = async (model: Model) => runner.load(await modelToBytes(model), { threads });
    return new Trainer(graph, load, session ?? (await load(graph.model)), state);
  }

  /** What the graph is fed after so many steps. */
  feeds(
    { inputs, target, sampleWeights, rate, noise }: StepInputs,
    done = this.#step,
  ): Record<string, Tensor> {
    const { accumulate } = this.graph;
    const run = done + 1;
    return {
      ...inputs,
      [stepNames.target]: target,
      [stepNames.sampleWeights]: sampleWeights ? vector(sampleWeights) : this.#ones,
      ...this.#held,
      ...(noise && { [stepNames.noise]: vector(noise) }),
      [stepNames.rate]: scalar(rate),
      [stepNames.step]: scalar(Math.ceil(run / accumulate)),
      ...(accumulate > 1 && {
        [stepNames.updates]: {
          dtype: 'bool',
          shape: [],
          data: Uint8Array.of(run % accumulate === 0 ? 1 : 0),
        },
      }),
    };
  }

  /** One step; returns the loss. */
  async run(step: StepInputs): Promise<number> {
    const feeds = this.feeds(step);
    const results = await this.#session.run(feeds);
    this.#lastFeeds = [...this.#lastFeeds.slice(-1), feeds];
    this.#advance(1, results);
    return Number(results[stepNames.loss].data[0]);
  }

  /**
   * Several steps in one call of the engine, to the same bits; returns their losses. Where one of them ends in numbers that
   * are not finite they are made again one by one, up to that step, so that `lastFeeds` shows how it came about.
   */
  async runAll(steps: readonly StepInputs[]): Promise<number[]> {
    if (steps.length === 1) return [await this.run(steps[0])];
    const before = { step: this.#step, held: { ...this.#held } };
    const results = await (await this.#manySteps()).run(this.#stackedFeeds(steps));
    this.#advance(steps.length, results);
    const losses = Array.from(results[stepNames.loss].data, Number);
    // Vectors are float32.
    const parameters = this.#held[stepNames.parameters].data as Float32Array;
    if (losses.every(Number.isFinite) && parameters.every(Number.isFinite)) return losses;
    [this.#step, this.#held] = [before.step, before.held];
    return this.#oneByOne(steps);
  }

  async #oneByOne(steps: readonly StepInputs[]): Promise<number[]> {
    const losses: number[] = [];
    for (const step of steps) {
      losses.push(await this.run(step));
      if (!Number.isFinite(losses.at(-1))) break;
    }
    return losses;
  }

  #advance(steps: number, results: Readonly<Record<string, Tensor>>): void {
    for (const name of Object.keys(this.#held)) this.#held[name] = results[stepNames.next(name)];
    this.#step += steps;
  }

  #stackedFeeds(steps: readonly StepInputs[]): Record<string, Tensor> {
    const feeds = steps.map((step, i) => this.feeds(step, this.#step + i));
    const shown = Object.keys(feeds[0]).filter((name) => !Object.hasOwn(this.#held, name));
    const stacked = shown.map((name) => [name, stackTensors(feeds.map((each) => each[name]))]);
    return { ...this.#held, ...Object.fromEntries(stacked) };
  }

  #manySteps(): Promise<Session> {
    this.#many ??= this.#load(severalSteps(this.graph));
    return this.#many;
  }

  /** What the last two steps were fed, the older first, vectors in plain order: to find where numbers went wrong. */
  get lastFeeds(): readonly Readonly<Record<string, Tensor>>[] {
    return this.#lastFeeds.map((feeds) => {
      const held = Object.keys(this.#held).map((name) => [
        name,
        // State is float32.
        vector(toPlainOrder(this.graph, name, feeds[name].data as Float32Array)),
      ]);
      return { ...feeds, ...Object.fromEntries(held) };
    });
  }

  /** The state as the next step would be fed it, in plain order. */
  get heldTensors(): Readonly<Record<string, Tensor>> {
    const vectors = Object.entries(this.state.vectors);
    return Object.fromEntries(vectors.map(([name, data]) => [name, vector(data)]));
  }

  get state(): TrainingState {
    const vectors = Object.entries(this.#held).map(([name, { data }]) => [
      name,
      toPlainOrder(this.graph, name, data as Float32Array),
    ]);
    return { step: this.#step, vectors: Object.fromEntries(vectors) };
  }

  async close(): Promise<void> {
    await this.#session.close();
    await (await this.#many)?.close();
  }
}

function vector(data: Float32Array): Tensor {
  return { dtype: 'float', shape: [data.length], data };
}

function scalar(value: number): Tensor {
  return { dtype: 'float', shape: [], data: Float32Array.of(value) };
}
