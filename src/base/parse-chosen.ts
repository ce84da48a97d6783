import { z } from 'zod';
import { badRecordOptions } from './bad-record-options.ts';
import { lookup } from './lookup.ts';
import { type NamedOptions, parseNamedOptions } from './parse-named-options.ts';

/** Whatever has options of its own: an augmentation, a schedule, an optimizer, a loss. */
interface Configurable {
  readonly options: z.ZodType;
}

/** A record of a registry and how it is set. */
export interface Chosen<R> {
  readonly record: R;
  /** Parsed by the record's own `options`. */
  readonly options: unknown;
}

/**
 * Reads records and how they are set, as `flip,crop:pad=4`. Throws `unknown-name`, `bad-record-options`.
 * @param what the kind of record, for messages
 */
export function parseChosen<R extends Configurable>(
  text: string,
  known: Readonly<Record<string, R>>,
  what: string,
): Chosen<R>[] {
  return parseNamedOptions(text).map((named) => choose(named, known, what, {}));
}

/**
 * Reads one record and how it is set, as `sgd:momentum=0.9,nesterov`.
 * @param given options from elsewhere; what the text says wins, and what the record does not know is left out
 */
export function parseOneChosen<R extends Configurable>(
  text: string,
  known: Readonly<Record<string, R>>,
  what: string,
  given: Readonly<Record<string, unknown>> = {},
): Chosen<R> {
  const [named = { name: '', spelled: text, options: {} }, ...further] = parseNamedOptions(text);
  if (further.length > 0)
    throw badRecordOptions({ what, spelled: text, problems: [`one ${what} is wanted`], known: [] });
  return choose(named, known, what, given);
}

function choose<R extends Configurable>(
  { name, spelled, options }: NamedOptions,
  known: Readonly<Record<string, R>>,
  what: string,
  given: Readonly<Record<string, unknown>>,
): Chosen<R> {
  const record = lookup(known, name, what);
  const keys = record.options instanceof z.ZodObject ? Object.keys(record.options.shape) : [];
  const common = Object.entries(given).filter(([key, value]) => keys.includes(key) && value !== undefined);
  const parsed = record.options.safeParse({ ...Object.fromEntries(common), ...options });
  if (parsed.success) return { record, options: parsed.data };
  throw badRecordOptions({ what, spelled, problems: parsed.error.issues.map(problemOf), known: keys });
}

function problemOf({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
