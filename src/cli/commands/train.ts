import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { visibleText } from '../../evaluate/report-html/visible-text.ts';
import { zoo } from '../../nn/zoo/index.generated.ts';
import { trainFile } from '../../recipe/train-file.ts';
import { trainOptions } from '../../train/options.ts';
import { addCommonOptions, type CommonFlags } from '../add-common-options.ts';
import { addOptions } from '../add-options.ts';
import { addOutputOption } from '../add-output-option.ts';
import { parseOptions } from '../parse-options.ts';
import { parseSeconds } from '../parse-seconds.ts';
import { runCommand } from '../run-command.ts';

interface Flags extends CommonFlags {
  output: string;
  data: string;
  evalData?: string;
  resume?: string;
  checkpointEvery?: number;
}

export function define(command: Command): Command {
  const nets = Object.keys(zoo).join(', ');
  addOutputOption(
    command.argument(
      '<net|model>',
      `a network (${nets}), with options as in mobilenet-v1?width=0.5, or a float model, .onnx`,
    ),
  )
    .optionsGroup('Data:')
    .requiredOption('--data <dataset>', 'samples to train on: a dataset file or a folder')
    .option('--eval-data <dataset>', 'samples to score on at the end, seen by nothing else');
  addOptions(command, trainOptions.shape);
  command
    .optionsGroup('Going on:')
    .option('--resume <folder>', 'go on with the training that was under way in this folder')
    .option('--checkpoint-every <seconds>', 'longest time that may be lost', parseSeconds, 20);
  return addCommonOptions(command, { threads: availableParallelism() }).action(
    async (subject: string, flags: Flags) => {
      await runCommand('train', flags, async (request, environment) => {
        const { output, data, evalData, resume, checkpointEvery } = flags;
        const given = Object.entries(command.opts()).filter(([name]) =>
          Object.hasOwn(trainOptions.shape, name),
        );
        const options = parseOptions(trainOptions, Object.fromEntries(given));
        return trainFile(
          { ...request, subject, output, options, data, evalData, resume, checkpointEvery },
          environment,
        );
      });
      sayHowToGoOn(flags);
    },
  );
}

/** Exit codes of commands that were interrupted: SIGINT, SIGTERM. */
const INTERRUPTED: ReadonlySet<unknown> = new Set([130, 143]);

/** What was interrupted is not lost where there are checkpoints. */
function sayHowToGoOn({ output, resume, quiet }: Flags): void {
  const folder = resume ?? (output.endsWith('.onnx') ? undefined : output);
  if (!INTERRUPTED.has(process.exitCode) || folder === undefined || quiet) return;
  if (!existsSync(join(folder, 'checkpoints', 'last.safetensors'))) return;
  process.stderr.write(`  to go on, add --resume ${visibleText(folder)} to the same command\n`);
}
