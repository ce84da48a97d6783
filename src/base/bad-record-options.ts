import { PareError } from './pare-error.ts';

/** @param spelled the record and its options as they were written */
export function badRecordOptions(bad: {
  what: string;
  spelled: string;
  problems: readonly string[];
  known: readonly string[];
}): PareError {
  const { what, spelled, problems, known } = bad;
  return new PareError({
    code: 'bad-record-options',
    message: `The ${what} "${spelled}" is not set rightly: ${problems.join('; ')}.`,
    where: spelled,
    expected: known.length > 0 ? known.join(', ') : undefined,
    hint: 'Write options behind a colon: name:option=value,option=value.',
    isUsage: true,
  });
}
