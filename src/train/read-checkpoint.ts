import { z } from 'zod';
import { decodeCheckpoint } from './checkpoint.ts';
import { anotherTraining, checkpointUnusable } from './errors.ts';
import type { TrainingState } from './trainer.ts';

const finite = z.number();
const epoch = z.strictObject({
  epoch: z.int().min(1),
  step: z.int().min(0),
  loss: finite,
  rate: finite,
  validation: z.record(z.string(), finite).optional(),
});

/** Where a run stands, beside the vectors; what a checkpoint holds of it. */
const standing = z.strictObject({
  step: z.int().min(0),
  /** Sum of the losses of the epoch that is under way. */
  lossSum: finite,
  epochs: z.array(epoch),
  metric: z.string().optional(),
  /** Epoch 0 is the model as it was. */
  best: z.strictObject({ epoch: z.int().min(0), score: finite }).optional(),
});

export type Standing = z.output<typeof standing>;

const facts = z.strictObject({ fingerprint: z.record(z.string(), z.unknown()), standing });

/** What a checkpoint must fit. */
export interface CheckpointFit {
  readonly name: string;
  /** What must be the same for a run to go on. */
  readonly fingerprint: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** Vectors of these names and lengths. */
  readonly vectors: TrainingState['vectors'];
}

/**
 * Reads a checkpoint that may be anybody's. Throws `checkpoint-unusable` where it is broken or contradicts itself,
 * `another-training` where it is whole but of other choices.
 */
export function readCheckpoint(
  bytes: Uint8Array,
  fit: CheckpointFit,
): { standing: Standing; vectors: TrainingState['vectors'] } {
  const { name, fingerprint, steps, stepsPerEpoch } = fit;
  const { facts: told, vectors } = decodeCheckpoint(bytes, name);
  const parsed = facts.safeParse(told);
  if (!parsed.success) throw checkpointUnusable(name, 'what it says of the training has another form');
  const { fingerprint: found, standing } = parsed.data;
  const differences = Object.keys(fingerprint).flatMap((key) =>
    differencesOf(key, found[key], fingerprint[key]),
  );
  if (differences.length > 0) throw anotherTraining(name, differences);
  const { step, epochs } = standing;
  if (step > steps || epochs.length !== Math.floor(step / stepsPerEpoch))
    throw checkpointUnusable(
      name,
      `it stands at step ${step} and epoch ${epochs.length}, which do not fit each other`,
    );
  const lengths = (all: TrainingState['vectors']) =>
    Object.keys(all)
      .sort()
      .map((key) => `${key} ${all[key].length}`)
      .join();
  if (lengths(vectors) !== lengths(fit.vectors))
    throw checkpointUnusable(name, 'its vectors are not those of this network');
  return { standing, vectors };
}

/** Of options only those that differ. */
function differencesOf(key: string, found: unknown, wanted: unknown): string[] {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return [];
  if (!isRecord(found) || !isRecord(wanted)) return [`${key} was ${short(found)}, is ${short(wanted)}`];
  return [...new Set([...Object.keys(found), ...Object.keys(wanted)])].flatMap((inner) =>
    differencesOf(inner, found[inner], wanted[inner]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'not given';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
