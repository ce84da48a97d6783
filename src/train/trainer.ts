import type { Runner, Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';

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

/** A loaded training step with its state. */
export class Trainer {
  readonly graph: StepGraph;
  readonly #session: Session;
  readonly #ones: Tensor;
  #held: Record<string, Tensor>;
  #step: number;
  #lastFeeds: Readonly<Record<string, Tensor>>[] = [];

  private constructor(graph: StepGraph, session: Session, state: TrainingState) {
    this.graph = graph;
    this.#session = session;
    const [batch] = graph.target.shape;
    this.#ones = vector(new Float32Array(batch).fill(1));
    this.#held = Object.fromEntries(
      Object.entries(state.vectors).map(([name, data]) => [name, vector(this.#stored(name, data))]),
    );
    this.#step = state.step;
  }

  /** @param state where to go on; default the beginning */
  static async open(
    graph: StepGraph,
    runner: Runner,
    {
      threads = 1,
      state = { step: 0, vectors: graph.start },
    }: { threads?: number; state?: TrainingState } = {},
  ): Promise<Trainer> {
    const session = await runner.load(await modelToBytes(graph.model), { threads });
    return new Trainer(graph, session, state);
  }

  /** What the graph is fed at the next step. */
  feeds({ inputs, target, sampleWeights, rate, noise }: StepInputs): Record<string, Tensor> {
    const { accumulate } = this.graph;
    const run = this.#step + 1;
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
    for (const name of Object.keys(this.#held)) this.#held[name] = results[stepNames.next(name)];
    this.#step += 1;
    return Number(results[stepNames.loss].data[0]);
  }

  /** What the last two steps were fed, the older first, vectors in plain order: to find where numbers went wrong. */
  get lastFeeds(): readonly Readonly<Record<string, Tensor>>[] {
    return this.#lastFeeds.map((feeds) => {
      const held = Object.keys(this.#held).map((name) => [
        name,
        // State is float32.
        vector(this.#plain(name, feeds[name].data as Float32Array)),
      ]);
      return { ...feeds, ...Object.fromEntries(held) };
    });
  }

  get state(): TrainingState {
    const vectors = Object.entries(this.#held).map(([name, { data }]) => [
      name,
      this.#plain(name, data as Float32Array),
    ]);
    return { step: this.#step, vectors: Object.fromEntries(vectors) };
  }

  /** In the order the graph holds them. */
  #stored(name: string, data: Float32Array): Float32Array {
    const { places } = this.graph;
    if (!places || name === stepNames.buffers) return data;
    return Float32Array.from(places, (place) => (place < 0 ? 0 : data[place]));
  }

  /** In the order of `parameters`. */
  #plain(name: string, data: Float32Array): Float32Array {
    const { places, parameters } = this.graph;
    if (!places || name === stepNames.buffers) return data;
    const plain = new Float32Array(parameters.length);
    for (const [i, place] of places.entries()) if (place >= 0) plain[place] = data[i];
    return plain;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function vector(data: Float32Array): Tensor {
  return { dtype: 'float', shape: [data.length], data };
}

function scalar(value: number): Tensor {
  return { dtype: 'float', shape: [], data: Float32Array.of(value) };
}
