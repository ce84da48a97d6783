import type { Tensor } from '../base/tensor.ts';
import type { FlatEntry } from './flat-layout.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';

/** An input of a step that was not finite itself. */
export interface NotFiniteInput {
  readonly kind: 'input';
  readonly input: string;
  /** `data` are the model's own inputs. */
  readonly role: 'data' | 'target' | 'parameters' | 'statistics' | 'state';
  /** Of flat vectors: the tensor the number belongs to. */
  readonly tensor?: string;
  /** Of data and targets: the row of the batch. */
  readonly row?: number;
  /** NaN or an infinity. */
  readonly number: number;
}

/** The first of the feeds that holds NaN or infinity: data before targets before parameters before statistics before states. */
export function notFiniteInput(
  step: Pick<StepGraph, 'parameters' | 'buffers'>,
  feeds: Readonly<Record<string, Tensor>>,
): NotFiniteInput | undefined {
  const found = Object.entries(feeds).flatMap(([input, tensor]) => badNumber(step, input, tensor) ?? []);
  return found.sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role))[0];
}

const ORDER: readonly NotFiniteInput['role'][] = ['data', 'target', 'parameters', 'statistics', 'state'];

function badNumber(
  { parameters, buffers }: Pick<StepGraph, 'parameters' | 'buffers'>,
  input: string,
  { data, shape }: Tensor,
): NotFiniteInput | undefined {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return undefined;
  const at = data.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return undefined;
  const role = roleOf(input);
  const found = { kind: 'input', input, role, number: data[at] } as const;
  if (role === 'data' || role === 'target')
    return { ...found, row: Math.floor((at * (shape[0] ?? 1)) / data.length) };
  const layout = input === stepNames.buffers ? buffers : parameters;
  const tensor = data.length === layout.length ? entryAt(layout.entries, at)?.name : undefined;
  return { ...found, ...(tensor !== undefined && { tensor }) };
}

function roleOf(input: string): NotFiniteInput['role'] {
  if (input === stepNames.target || input === stepNames.sampleWeights) return 'target';
  if (input === stepNames.parameters) return 'parameters';
  if (input === stepNames.buffers) return 'statistics';
  return input.startsWith('pare.') ? 'state' : 'data';
}

function entryAt(entries: readonly FlatEntry[], index: number): FlatEntry | undefined {
  return entries.find(({ offset, length }) => index >= offset && index < offset + length);
}
