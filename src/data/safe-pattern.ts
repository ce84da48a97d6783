import { z } from 'zod';

const MAX_LENGTH = 200;
/** Patterns are matched against at most so many characters of a path, its last ones. */
const MATCHED = 255;
/** Unbounded repetitions; n of them can take 255ⁿ steps on a name made to be slow. */
const MAX_REPETITIONS = 3;

/**
 * A regular expression of a dataset file. The file and the names it is matched against may be made to keep the matcher busy
 * for ever (catastrophic backtracking), so nothing that repeats a group, no back-reference, and few repetitions are allowed.
 */
export const safePattern = z
  .string()
  .min(1)
  .max(MAX_LENGTH)
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .transform((text) => new RegExp(text));

function problemOf(text: string): string | undefined {
  try {
    new RegExp(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  // Escaped characters and classes hold no operators.
  const operators = text.replace(/\\[^1-9k]/g, '.').replace(/\[[^\]]*\]/g, '.');
  if (/\)[*+{]/.test(operators)) return 'expected no repeated group';
  if (/\\/.test(operators)) return 'expected no back-reference';
  const repetitions = operators.match(/[*+]|\{/g)?.length ?? 0;
  return repetitions > MAX_REPETITIONS ? `expected at most ${MAX_REPETITIONS} of * + {}` : undefined;
}

/** The first match in the last 255 characters of a name. */
export function matchName(pattern: RegExp, name: string): RegExpExecArray | null {
  return pattern.exec(name.slice(-MATCHED));
}
