import { z } from 'zod';
import type { Model } from '../onnx/ir/model.ts';
import type { TrainingDefaults } from './net.ts';
import { NetWriter } from './net-writer.ts';

export const recurrentOptions = z.strictObject({
  /** Steps a sample. */
  steps: z.int().min(1).max(16_384).default(28),
  /** Numbers a step. */
  features: z.int().min(1).max(65_536).default(28),
  hidden: z.int().min(1).max(16_384).default(128),
  classes: z.int().min(2).max(100_000).default(10),
});

/** Sequences of rows: [steps, features], or as pictures [1, steps, features]. */
export function fitSequence(sample: readonly number[]) {
  return { steps: sample.at(-2), features: sample.at(-1) };
}

export const recurrentTraining: TrainingDefaults = {
  epochs: 10,
  batch: 64,
  optimizer: 'adamw',
  rate: 2e-3,
  schedule: 'cosine',
  weightDecay: 0.01,
  augment: [],
  clipNorm: 1,
};

interface Cell {
  readonly opType: string;
  /** Rows of the weights a unit. */
  readonly gates: number;
  readonly attributes?: Readonly<Record<string, number>>;
}

/** One recurrent layer over [N, steps, features] and a dense layer on its last state. */
export function recurrentNet(
  name: string,
  { opType, gates, attributes }: Cell,
  { steps, features, hidden, classes }: z.output<typeof recurrentOptions>,
  seed: number,
): Model {
  const net = new NetWriter(name, seed);
  const input = net.input('input', ['N', steps, features]);
  const x = net.op('steps', 'Transpose', [input], { perm: [1, 0, 2] });
  const bound = 1 / Math.sqrt(hidden);
  const inputs = [
    x,
    net.uniform(`${name}.weight`, [1, gates * hidden, features], bound),
    net.uniform(`${name}.recurrence`, [1, gates * hidden, hidden], bound),
    net.uniform(`${name}.bias`, [1, 2 * gates * hidden], bound),
  ];
  const [, last] = net.ops(name, opType, inputs, 2, { hidden_size: hidden, ...attributes });
  const state = net.op('state', 'Squeeze', [last, net.ints([0])]);
  return net.model({ logits: net.linear('fc', state, hidden, classes) });
}
