import { CommanderError } from 'commander';

/** Commander ends with an error for `--help` too; what it had to say is said by then. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CommanderError)) throw error;
  return error.exitCode === 0 ? 0 : 2;
}
