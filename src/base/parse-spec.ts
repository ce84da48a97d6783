import type { z } from 'zod';
import { lookup } from './lookup.ts';
import { PareError } from './pare-error.ts';

/** A record of a registry with settings for it. */
export interface Spec<R> {
  readonly record: R;
  readonly options: unknown;
}

/**
 * Reads `name` or `name:key=value:key=value`: a record and its options, checked by its own schema.
 * @param what the kind of thing, for messages: `optimizer`, `schedule` …
 * @param given options from elsewhere; what the text says wins, and what the record does not know is left out
 */
export function parseSpec<R extends { readonly options: z.ZodType }>(
  records: Readonly<Record<string, R>>,
  text: string,
  what: string,
  given: Readonly<Record<string, unknown>> = {},
): Spec<R> {
  const [name, ...settings] = text.split(':');
  const record = lookup(records, name, what);
  const known = keysOf(record.options);
  const common = Object.entries(given).filter(([key, value]) => known.includes(key) && value !== undefined);
  const pairs = settings.map((setting) => pairOf(setting, text, what));
  const parsed = record.options.safeParse(Object.fromEntries([...common, ...pairs]));
  if (parsed.success) return { record, options: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw badSpec(text, what, `${problems.join('; ')} (it takes ${known.join(', ') || 'nothing'})`);
}

function keysOf(schema: z.ZodType): string[] {
  const { shape } = schema as { shape?: object };
  return Object.keys(shape ?? {});
}

function pairOf(setting: string, text: string, what: string): [key: string, value: unknown] {
  const [, key, value] = /^([^=]+)=(.+)$/s.exec(setting) ?? [];
  if (key === undefined || value === undefined) throw badSpec(text, what, `"${setting}" is no KEY=VALUE`);
  return [key, parsedValue(value)];
}

function parsedValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}

function badSpec(text: string, what: string, problem: string): PareError {
  return new PareError({
    code: 'bad-setting',
    message: `The ${what} "${text}" is not understood: ${problem}.`,
    got: text,
    expected: 'NAME, or NAME:KEY=VALUE:KEY=VALUE',
    isUsage: true,
  });
}
