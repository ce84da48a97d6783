import type { Command } from 'commander';
import { quantizeOptions } from '../../quantize/options.ts';
import { readLock } from '../../recipe/lock.ts';
import { quantize } from '../../recipe/steps/quantize.ts';
import { transformFile } from '../../recipe/transform-file.ts';
import { addCommonOptions, type CommonFlags } from '../add-common-options.ts';
import { addOptions } from '../add-options.ts';
import { parseOptions } from '../parse-options.ts';
import { runCommand } from '../run-command.ts';

interface Flags extends CommonFlags {
  output: string;
  data?: string;
  evalData?: string;
  lock?: string;
}

export function define(command: Command): Command {
  command
    .argument('<model>', 'float model, .onnx')
    .requiredOption('-o, --output <path>', 'file to write (.onnx), or a folder for model, reports and lock')
    .option('--data <dataset>', 'samples to calibrate and choose on')
    .option('--eval-data <dataset>', 'samples to score before and after on, seen by nothing else')
    .option('--lock <file>', 'repeat the choices of an earlier run (its recipe.lock.yaml)');
  addOptions(command, quantizeOptions.shape);
  return addCommonOptions(command).action(async (model: string, flags: Flags) => {
    await runCommand('quantize', flags, async (request, environment) => {
      const { output, data, evalData, lock: lockPath, ...rest } = flags;
      const lock = lockPath === undefined ? undefined : await readLock(lockPath);
      const options = parseOptions(quantizeOptions, lock?.steps[0].options ?? stepFlags(rest));
      return transformFile(
        quantize,
        { ...request, input: model, output, options, data, evalData, lock },
        environment,
      );
    });
  });
}

/** The flags that are the step's options. */
function stepFlags(flags: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flags).filter(([name]) => Object.hasOwn(quantizeOptions.shape, name)),
  );
}
