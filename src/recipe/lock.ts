import { stringify } from 'yaml';
import { z } from 'zod';
import { readDatasetFile } from '../data/read-dataset-file.ts';
import { badLock } from './errors.ts';

/**
 * `recipe.lock.yaml`: everything a run measured or detected, so that a replay with the same model, data, seed and
 * engine version gives the same bytes.
 */
export const lockSchema = z.strictObject({
  schema: z.literal('pare.lock/1'),
  engine: z.strictObject({ name: z.string(), version: z.string() }),
  input: z.strictObject({ path: z.string(), sha256: z.string() }),
  /** What was given as --data. */
  data: z.string().optional(),
  seed: z.int(),
  steps: z.array(z.strictObject({ step: z.string(), options: z.record(z.string(), z.unknown()) })).length(1),
});

export type Lock = z.infer<typeof lockSchema>;

export function lockToText(lock: Lock): string {
  return stringify(lock);
}

export async function readLock(path: string): Promise<Lock> {
  const content = await readDatasetFile(path).catch((cause: Error) => {
    throw badLock(path, cause.message);
  });
  const parsed = lockSchema.safeParse(content);
  if (!parsed.success) throw badLock(path, z.prettifyError(parsed.error));
  return parsed.data;
}
