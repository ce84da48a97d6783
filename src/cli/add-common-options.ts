import type { Command } from 'commander';
import { parseNumber } from './parse-number.ts';

/** Flags every command that computes takes. */
export interface CommonFlags {
  json?: boolean;
  report?: string;
  threads: number;
  seed: number;
  quiet?: boolean;
}

/** @param defaults of a command that differ from what most have */
export function addCommonOptions(command: Command, { threads = 1 }: { threads?: number } = {}): Command {
  return command
    .optionsGroup('Engine:')
    .option('--threads <n>', 'threads of the engine', parseNumber, threads)
    .option('--seed <n>', 'seed of everything random', parseNumber, 0)
    .optionsGroup('Output:')
    .option('--json', 'print the report as one JSON object, and nothing else, on standard output')
    .option('--report <file.html>', 'write the report as a page')
    .option('--quiet', 'no progress and no tables')
    .helpOption('-h, --help', 'show this help');
}
