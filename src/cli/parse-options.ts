import type { z } from 'zod';
import { PareError } from '../base/pare-error.ts';

/**
 * Validates what came from flags or a lock; all problems together, by flag.
 * @param where the file the options came from, if they came from one
 */
export function parseOptions<T>(schema: z.ZodType<T>, given: unknown, where?: string): T {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describe);
  throw new PareError({
    code: 'bad-options',
    message: problems.length === 1 ? `${problems[0]}.` : `Some options are wrong: ${problems.join('; ')}.`,
    where,
    hint: 'Add --help to see what each takes.',
    isUsage: true,
  });
}

/** In the words of the command line: `--samples must be at least 1, not 0`. */
function describe(issue: z.core.$ZodIssue): string {
  const flag = `--${kebab(issue.path.join('.'))}`;
  const got = issue.input === undefined ? '' : `, not ${JSON.stringify(issue.input)}`;
  if (issue.code === 'too_small' && issue.inclusive) return `${flag} must be at least ${issue.minimum}${got}`;
  if (issue.code === 'too_big' && issue.inclusive) return `${flag} must be at most ${issue.maximum}${got}`;
  if (issue.code === 'invalid_type' && issue.expected === 'int')
    return `${flag} must be a whole number${got}`;
  if (issue.code === 'unrecognized_keys' && issue.path.length > 0)
    return `${flag}: unknown: ${issue.keys.join(', ')}`;
  if (issue.code === 'unrecognized_keys')
    return `unknown: ${issue.keys.map((key) => `--${kebab(key)}`).join(', ')}`;
  return issue.message.startsWith('must ') ? `${flag} ${issue.message}${got}` : `${flag}: ${issue.message}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
