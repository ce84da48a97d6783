import { stringify } from 'yaml';
import { z } from 'zod';
import { readDatasetFile } from '../data/read-dataset-file.ts';
import { cannotOpen } from '../onnx/errors.ts';
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
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  steps: z.array(z.strictObject({ step: z.string(), options: z.record(z.string(), z.unknown()) })).length(1),
});

export type Lock = z.infer<typeof lockSchema>;

export function lockToText(lock: Lock): string {
  return stringify(lock);
}

/** @param step name of the step it must be of */
export async function readLock(path: string, step: string): Promise<Lock> {
  const content = await readDatasetFile(path).catch((cause: Error) => {
    throw 'syscall' in cause ? cannotOpen(path, cause) : badLock(path, cause.message);
  });
  const parsed = lockSchema.safeParse(content);
  if (!parsed.success) throw badLock(path, problems(parsed.error));
  const [{ step: locked }] = parsed.data.steps;
  if (locked !== step) throw badLock(path, `it is of the step "${locked}", not of "${step}"`);
  return parsed.data;
}

function problems({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`).join('; ');
}
