import type { Command } from 'commander';

/** Flags every command takes. */
export interface CommonFlags {
  json?: boolean;
  report?: string;
  threads: number;
  seed: number;
  quiet?: boolean;
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print the report as one JSON object, and nothing else, on standard output')
    .option('--report <file>', 'write the report as a page (.html)')
    .option('--threads <n>', 'threads of the engine', parseNumber, 1)
    .option('--seed <n>', 'seed of everything random', parseNumber, 0)
    .option('--quiet', 'no progress and no tables');
}
