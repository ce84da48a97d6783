import type { Runner, Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { type StepGraph, stepNames } from './step-graph.ts';

/** Everything that changes from step to step; a checkpoint holds just this. */
export interface TrainingState {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly buffers: Float32Array;
  /** The optimizer's vectors by name. */
  readonly optimizer: Readonly<Record<string, Float32Array>>;
}

export interface StepInputs {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly target: Tensor;
  /** What each sample counts; default 1. */
  readonly sampleWeights?: Float32Array;
  readonly rate: number;
  /** Uniform numbers in [0, 1), as many as the graph wants; default none. */
  readonly noise?: Float32Array;
}

/** A loaded training step with its state. */
export class Trainer {
  readonly graph: StepGraph;
  readonly #session: Session;
  readonly #ones: Tensor;
  #held: Record<string, Tensor>;
  #step: number;

  private constructor(graph: StepGraph, session: Session, state: TrainingState) {
    this.graph = graph;
    this.#session = session;
    const [batch] = graph.target.shape;
    this.#ones = vector(new Float32Array(batch).fill(1));
    this.#held = held(graph, state);
    this.#step = state.step;
  }

  /** @param state where to go on; default the beginning */
  static async open(
    graph: StepGraph,
    runner: Runner,
    { threads = 1, state = startOf(graph) }: { threads?: number; state?: TrainingState } = {},
  ): Promise<Trainer> {
    const session = await runner.load(await modelToBytes(graph.model), { threads });
    return new Trainer(graph, session, state);
  }

  /** One step; returns the loss. */
  async run({ inputs, target, sampleWeights, rate, noise }: StepInputs): Promise<number> {
    const step = this.#step + 1;
    const results = await this.#session.run({
      ...inputs,
      [stepNames.target]: target,
      [stepNames.sampleWeights]: sampleWeights ? vector(sampleWeights) : this.#ones,
      ...this.#held,
      ...(noise && { [stepNames.noise]: vector(noise) }),
      [stepNames.rate]: scalar(rate),
      [stepNames.step]: scalar(step),
    });
    for (const name of Object.keys(this.#held)) this.#held[name] = results[stepNames.next(name)];
    this.#step = step;
    return Number(results[stepNames.loss].data[0]);
  }

  get state(): TrainingState {
    const at = (name: string) => (this.#held[name]?.data ?? new Float32Array()) as Float32Array;
    return {
      step: this.#step,
      parameters: at(stepNames.parameters),
      buffers: at(stepNames.buffers),
      optimizer: Object.fromEntries(this.graph.state.map((name) => [name, at(name)])),
    };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function startOf({ start, state, parameters }: StepGraph): TrainingState {
  const optimizer = Object.fromEntries(state.map((name) => [name, new Float32Array(parameters.length)]));
  return { step: 0, ...start, optimizer };
}

function held({ buffers }: StepGraph, state: TrainingState): Record<string, Tensor> {
  return {
    [stepNames.parameters]: vector(state.parameters),
    ...(buffers.length > 0 && { [stepNames.buffers]: vector(state.buffers) }),
    ...Object.fromEntries(Object.entries(state.optimizer).map(([name, data]) => [name, vector(data)])),
  };
}

function vector(data: Float32Array): Tensor {
  return { dtype: 'float', shape: [data.length], data };
}

function scalar(value: number): Tensor {
  return { dtype: 'float', shape: [], data: Float32Array.of(value) };
}
