import { constants } from 'node:os';
import { PareError } from '../base/pare-error.ts';

export interface Interruption {
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** What to end with, once interrupted. */
  end(): { readonly error: PareError; readonly exitCode: number } | undefined;
  close(): void;
}

/** Turns Ctrl-C and SIGTERM into an abort, so that the work ends in good order; a second one ends the process at once. */
export function listenForInterruption(): Interruption {
  const abort = new AbortController();
  let exitCode: number | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    // By convention of shells; the engine holds the thread while it runs, so a second signal need not wait for it.
    const code = 128 + constants.signals[name];
    if (exitCode !== undefined) process.exit(code);
    exitCode = code;
    abort.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, interrupt);
  return {
    signal: abort.signal,
    end: () => (exitCode === undefined ? undefined : { error: interrupted(), exitCode }),
    close: () => {
      for (const name of names) process.off(name, interrupt);
    },
  };
}

function interrupted(): PareError {
  return new PareError({ code: 'interrupted', message: 'Interrupted; nothing was left half-written.' });
}
