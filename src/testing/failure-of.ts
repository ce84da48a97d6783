import { PareError } from '../base/pare-error.ts';

/** An error as an outcome. Errors pare did not throw on purpose are thrown on: they are bugs. */
export function failureOf(error: unknown): { kind: 'failed'; code: string; message: string } {
  if (!(error instanceof PareError)) throw error;
  return { kind: 'failed', code: error.code, message: error.message };
}
