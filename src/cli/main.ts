#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import pkg from '../../package.json' with { type: 'json' };
import { failureReport } from './failure-report.ts';
import { printJson } from './print-json.ts';

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
  train: {
    summary: 'train a network, or fine-tune a model, on data',
    load: () => import('./commands/train.ts'),
  },
  dequantize: {
    summary: 'turn a quantized or half-precision model back into float32',
    load: () => import('./commands/dequantize.ts'),
  },
};

/** Runs the command line; the exit code is 0 done, 1 failed or a limit not met, 2 wrong request. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('pare')
    .description('Makes trained neural networks smaller and faster: ONNX in, ONNX out.')
    .version(pkg.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(pare --help shows the commands)')
    .exitOverride();
  const words = argv.filter((word) => !word.startsWith('-'));
  const wanted = words[0] === 'help' ? words[1] : words[0];
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = program
      .command(name)
      .description(summary)
      .helpOption('-h, --help', 'show this help')
      .showHelpAfterError(`(pare ${name} --help shows the options)`)
      .exitOverride();
    if (name === wanted) (await load()).define(command);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander ends with an error for `--help` too; what it had to say is said by then.
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, '');
    if (argv.includes('--json'))
      printJson(failureReport(wanted ?? 'pare', { code: 'bad-command-line', message }));
    return 2;
  }
}

/** Who reads only the head of what is printed (`| head`) still wants the work to be finished. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
process.exitCode = await main(process.argv.slice(2));
