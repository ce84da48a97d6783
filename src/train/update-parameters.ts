import type { Optimizer } from '../autodiff/optimizer.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';
import { addInput } from './add-input.ts';
import type { FlatLayout } from './flat-layout.ts';
import { perElement } from './per-element.ts';
import { stepNames } from './step-names.ts';

export interface UpdateOptions<O> {
  readonly optimizer: Optimizer<O>;
  readonly optimizerOptions: O;
  /** Gradients longer than this (Euclidean, of all parameters together) are shortened to it. */
  readonly clipNorm?: number | undefined;
  /** Vectors and scalars (biases, scales) are not pulled towards 0 unless this says so. */
  readonly decayVectors?: boolean | undefined;
  /** Decay β of a running average of the parameters: a ← β·a + (1 − β)·p. */
  readonly average?: number | undefined;
  /** Steps whose gradients are averaged before the parameters change; default 1. */
  readonly accumulate?: number | undefined;
}

interface UpdatePlace {
  readonly graph: Graph;
  readonly write: GraphWriter;
  readonly layout: FlatLayout;
  /** Learning rate of each parameter relative to the common one. */
  readonly rates: readonly number[];
}

/**
 * Adds what turns parameters and their gradient, both flat, into the parameters of the next step.
 * @returns the next value of each flat input, by the input's name
 */
export function updateParameters<O>(
  { graph, write, layout, rates }: UpdatePlace,
  parameters: Value,
  gradient: Value,
  options: UpdateOptions<O>,
): Map<string, Value> {
  const { optimizer, optimizerOptions, accumulate = 1, average } = options;
  const next = new Map<string, Value>();
  const vector = (name: string) => addInput(graph, name, [layout.length]);
  const updates = accumulate > 1 ? addInput(graph, stepNames.updates, [], 'bool') : undefined;
  const mean = updates ? accumulated({ write, gradient, vector, accumulate, updates, next }) : gradient;
  const names = optimizer.state(optimizerOptions).map(stepNames.state);
  const state = names.map(vector);
  const step = addInput(graph, stepNames.step, []);
  const result = optimizer.build(
    {
      write,
      parameters,
      gradient: clipped(write, mean, options),
      state,
      rate: addInput(graph, stepNames.rate, []),
      step,
      rates: byParameter(write, layout, (_, i) => rates[i]),
      decays: options.decayVectors
        ? undefined
        : byParameter(write, layout, ({ shape }) => (shape.length > 1 ? 1 : 0)),
      lengths: layout.entries.map(({ length }) => length),
    },
    optimizerOptions,
  );
  const chosen = (value: Value, old: Value) => (updates ? write.op('Where', [updates, value, old]) : value);
  const moved = chosen(result.parameters, parameters);
  next.set(stepNames.parameters, moved);
  for (const [i, name] of names.entries()) next.set(name, chosen(result.state[i], state[i]));
  if (average !== undefined) {
    const old = vector(stepNames.average);
    next.set(stepNames.average, chosen(averaged(write, old, moved, average, step), old));
  }
  return next;
}

interface Accumulation {
  readonly write: GraphWriter;
  readonly gradient: Value;
  readonly vector: (name: string) => Value;
  readonly accumulate: number;
  readonly updates: Value;
  readonly next: Map<string, Value>;
}

/** s + g / n, which starts again at 0 after each update. */
function accumulated({ write, gradient, vector, accumulate, updates, next }: Accumulation): Value {
  const part = write.op('Mul', [gradient, write.scalar(1 / accumulate)]);
  const sum = write.op('Add', [vector(stepNames.accumulated), part]);
  next.set(stepNames.accumulated, write.op('Where', [updates, write.op('Mul', [sum, write.scalar(0)]), sum]));
  return sum;
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

/** a + (1 − min(β, (1 + t) / (10 + t)))·(p − a): early on the average follows faster, so that the start is forgotten. */
function averaged(write: GraphWriter, old: Value, parameters: Value, beta: number, step: Value): Value {
  const early = write.op('Div', [
    write.op('Add', [step, write.scalar(1)]),
    write.op('Add', [step, write.scalar(10)]),
  ]);
  const kept = write.op('Min', [early, write.scalar(beta)]);
  const share = write.op('Sub', [write.scalar(1), kept]);
  return write.op('Add', [old, write.op('Mul', [write.op('Sub', [parameters, old]), share])]);
}

/** A number for each parameter, spread over its elements; undefined where all are 1. */
function byParameter(
  write: GraphWriter,
  { entries, length }: FlatLayout,
  factor: (entry: FlatLayout['entries'][number], index: number) => number,
): Value | undefined {
  const data = new Float32Array(length);
  for (const [i, entry] of entries.entries())
    data.fill(factor(entry, i), entry.offset, entry.offset + entry.length);
  return data.every((x) => x === 1) ? undefined : perElement(write, data);
}
