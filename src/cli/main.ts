#!/usr/bin/env node
import { Command } from 'commander';
import pkg from '../../package.json' with { type: 'json' };
import { exitCodeOf } from './exit-code-of.ts';

/** What a command module exports: it adds its options and action to the bare command. */
export interface CommandModule {
  define(command: Command): Command;
}

/** Commands by name; a module is loaded only when its command is asked for, so that `--help` is quick. */
const commands: Readonly<Record<string, { summary: string; load(): Promise<CommandModule> }>> = {
  inspect: {
    summary: 'describe a model and what can be done with it',
    load: () => import('./commands/inspect.ts'),
  },
  clean: { summary: 'fold and remove what needs no computing', load: () => import('./commands/clean.ts') },
  evaluate: {
    summary: 'measure a model on data, alone or against another',
    load: () => import('./commands/evaluate.ts'),
  },
  quantize: {
    summary: 'make a model smaller and faster with 8-bit integers',
    load: () => import('./commands/quantize.ts'),
  },
};

/** Runs the command line; the exit code is 0 done, 1 failed or a limit not met, 2 wrong request. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('pare')
    .description('Makes trained neural networks smaller and faster: ONNX in, ONNX out.')
    .version(pkg.version)
    .showHelpAfterError('(pare --help shows the commands)')
    .exitOverride();
  const wanted = argv.find((word) => !word.startsWith('-'));
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program.command(name).description(summary).showHelpAfterError(`(pare ${name} --help)`);
    command.exitOverride();
    if (name === wanted || wanted === 'help') (await load()).define(command);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
}

process.exitCode = await main(process.argv.slice(2));
