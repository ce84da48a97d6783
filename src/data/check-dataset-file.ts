import type { z } from 'zod';
import { commonOptions } from './dataset-file.ts';
import { fileProblems, unknownKind, unknownSplit } from './errors.ts';
import type { Samples, Source, SourceContext } from './source.ts';
import { sources } from './sources/index.generated.ts';
import { strictObject } from './strict-object.ts';

/** A dataset file found right, with all defaults filled in. */
export interface CheckedDatasetFile {
  readonly kind: string;
  readonly common: z.output<z.ZodObject<typeof commonOptions>>;
  /** Opens the source with the file's own options. */
  open(context: SourceContext): Promise<Samples>;
}

/**
 * Checks what was read from a dataset file. Throws one PareError with all problems and the keys they are at.
 * @param where the file, for errors
 */
export function checkDatasetFile(content: unknown, where: string): CheckedDatasetFile {
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw fileProblems(where, ['expected keys and values: kind, files, …']);
  const { kind, ...rest } = content as { kind?: unknown } & Record<string, unknown>; // an object, as just seen
  const records: Readonly<Record<string, Source>> = sources;
  if (typeof kind !== 'string' || !Object.hasOwn(records, kind))
    throw unknownKind(where, kind, Object.keys(records));

  const source = records[kind];
  const { success, data, error } = fileSchema(source).safeParse(rest);
  if (!success) throw fileProblems(where, error.issues.map(describeIssue));
  const { task, split, limit, inputs, fields, constants, state, reconstruct, judge, ...own } = data;
  if (typeof split === 'string' && !source.splits.includes(split))
    throw unknownSplit(where, split, source.splits);
  return {
    kind,
    common: { task, split, limit, inputs, fields, constants, state, reconstruct, judge },
    open: (context) => source.open(own, context),
  };
}

function fileSchema(source: Source) {
  // What the kind demands of several of its keys together are checks of its object, not of its shape.
  const schema = strictObject({ ...source.options.shape, ...commonOptions });
  const checks = source.options.def.checks ?? [];
  // They look at keys of the kind only, and these are all there.
  return schema.check(...(checks as z.core.$ZodCheck<z.output<typeof schema>>[]));
}

/** `preprocess.crop: …`, in words for someone who writes the file by hand. */
function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
  const message = issue.message.endsWith('received undefined')
    ? 'is required'
    : issue.message.replace(/^Invalid input: /, '');
  return path === '' ? message : `${path}: ${message}`;
}
