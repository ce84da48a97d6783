import { PareError } from '../base/pare-error.ts';

/**
 * Anything thrown as an error for the user: what the system refused (a full disk, too many open files) under its own
 * name, and what nobody foresaw as the mistake of pare that it is.
 */
export function asPareError(error: unknown): PareError {
  if (error instanceof PareError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && 'syscall' in error) {
    return new PareError({
      code: 'system-error',
      message: `The system refused: ${message}.`,
      hint: 'Check paths, permissions, and room on the disk.',
      cause: error,
    });
  }
  return new PareError({
    code: 'bug',
    message: `This is a bug in pare: ${message}`,
    hint: 'Please report it with the command and, if you may, the model. PARE_DEBUG=1 shows where it happened.',
    cause: error,
  });
}
