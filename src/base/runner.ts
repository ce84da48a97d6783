import type { Tensor } from './tensor.ts';

/** How much the engine may rewrite the graph before running it. */
export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'all';

/** How the engine loads a model. */
export interface LoadOptions {
  /** Default `all`. */
  level?: OptimizationLevel;
  /** Intra-op threads; default 1. */
  threads?: number;
  /** The engine writes the graph it really runs to this file. */
  optimizedModelPath?: string;
  /** Weights kept outside the model's bytes, by the path the model names them with. */
  externalData?: readonly { path: string; data: Uint8Array }[];
  /** Per-node timing; `profile()` of the session returns it. */
  profile?: boolean;
}

/** Time one node of the optimized graph took, over all runs since the session was made. */
export interface NodeTime {
  name: string;
  opType: string;
  totalMs: number;
  calls: number;
}

/** A loaded model. Not safe for concurrent runs. */
export interface Session {
  /** Names of the inputs, in the model's order; initializers are none. */
  readonly inputNames: readonly string[];
  /** Names of the outputs, in the model's order. */
  readonly outputNames: readonly string[];
  /** Runs the model; `fetches` defaults to all outputs. */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Ends profiling and returns the times; only for sessions loaded with `profile`. */
  profile(): Promise<NodeTime[]>;
  /** Releases the engine's memory; the session cannot run afterwards. */
  close(): Promise<void>;
}

/** The engine that computes tensors of a model; implemented in `runtime/`, handed to whatever needs one. */
export interface Runner {
  /** What runs the models, for reports and locks. */
  readonly engine: { readonly name: string; readonly version: string };
  /** Makes a session of a model's bytes. Throws `engine-refused` with the engine's reason. */
  load(model: Uint8Array, options?: LoadOptions): Promise<Session>;
  /** The graph the engine makes of a model at that level, as an ONNX model. */
  optimize(model: Uint8Array, level: OptimizationLevel): Promise<Uint8Array>;
  /** The same engine in a process of its own. Absent where there are no processes. */
  apart?(): Promise<RunnerApart>;
}

/** An engine in a process of its own: it runs while others do, and where a model makes it die it dies alone. */
export interface RunnerApart extends Omit<Runner, 'apart'> {
  /** Ends the process, with all sessions in it. */
  close(): Promise<void>;
}
