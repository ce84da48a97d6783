import type { z } from 'zod';
import type { Source } from './source.ts';

/** Returns the record as it is; lets TypeScript derive the type of `open`'s options from the schema. */
export function defineSource<const Shape extends z.core.$ZodLooseShape>(
  source: Source<Shape>,
): Source<Shape> {
  return source;
}
