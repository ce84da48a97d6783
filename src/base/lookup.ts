import { PareError } from './pare-error.ts';

/**
 * The record of that name, or an error that lists the known names.
 * @param what the kind of thing, for the message: `observer`, `target` …
 */
export function lookup<T>(records: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(records, name)) return records[name];
  throw new PareError({
    code: 'unknown-name',
    message: `There is no ${what} called "${name}".`,
    got: name,
    expected: Object.keys(records).join(', '),
    hint: `Choose one of: ${Object.keys(records).join(', ')}.`,
    isUsage: true,
  });
}
