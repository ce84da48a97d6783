import type { z } from 'zod';
import { PareError } from '../base/pare-error.ts';

/** Validates what came from flags or a lock; all problems together, by flag. */
export function parseOptions<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${kebab(path.join('.'))}: ${message}`);
  throw new PareError({
    code: 'bad-options',
    message: `Some options are wrong: ${problems.join('; ')}.`,
    hint: 'Add --help to see what each takes.',
    isUsage: true,
  });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
