import { z } from 'zod';
import { lookup } from '../base/lookup.ts';
import { badRecordOptions } from './augmentation-errors.ts';
import { parseNamedOptions } from './parse-named-options.ts';

/** Whatever has options of its own: an augmentation, a schedule, an optimizer, a loss. */
interface Configurable {
  readonly options: z.ZodType;
}

/**
 * Reads records and how they are set, as `step:gamma=0.2`. Throws `unknown-name`, `bad-record-options`.
 * @param what the kind of record, for messages
 */
export function parseChosen<R extends Configurable>(
  text: string,
  known: Readonly<Record<string, R>>,
  what: string,
): { record: R; options: unknown }[] {
  return parseNamedOptions(text).map(({ name, spelled, options }) => {
    const record = lookup(known, name, what);
    const parsed = record.options.safeParse(options);
    if (parsed.success) return { record, options: parsed.data };
    throw badRecordOptions({
      what,
      spelled,
      problems: parsed.error.issues.map(problemOf),
      known: record.options instanceof z.ZodObject ? Object.keys(record.options.shape) : [],
    });
  });
}

function problemOf({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
