import { z } from 'zod';
import { lookup } from '../base/lookup.ts';
import { PareError } from '../base/pare-error.ts';
import type { Observer, ObserverRecord } from '../observe/observer.ts';
import { observers } from '../observe/observers/index.generated.ts';

/** `name` or `name:number`, as options write an observer. */
export const observerName = new RegExp(`^(${Object.keys(observers).join('|')})(:[0-9.]+)?$`);

/** Makes observers from `name` or `name:number`, the number being the observer's one parameter. */
export function observerOf(text: string): () => Observer {
  const [name, value, ...rest] = text.split(':');
  const record: ObserverRecord = lookup<ObserverRecord>(observers, name, 'observer');
  const parameter = record.options instanceof z.ZodObject ? Object.keys(record.options.shape)[0] : undefined;
  if (value !== undefined && parameter === undefined) throw badParameter(text, `${name} has no parameter`);
  if (value === '' || rest.length > 0) throw badParameter(text, 'one number belongs behind the colon');
  const given = value === undefined || parameter === undefined ? {} : { [parameter]: Number(value) };
  const parsed = record.options.safeParse(given);
  if (!parsed.success) throw badParameter(text, parsed.error.issues.map((issue) => issue.message).join('; '));
  return () => record.create(parsed.data);
}

function badParameter(text: string, reason: string): PareError {
  return new PareError({
    code: 'bad-observer',
    message: `The observer "${text}" is not understood: ${reason}.`,
    got: text,
    hint: 'Give a name, or a name with its parameter: percentile:99.9.',
    isUsage: true,
  });
}
