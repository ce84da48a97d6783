import type { Command } from 'commander';
import { clean } from '../../recipe/steps/clean.ts';
import { transformFile } from '../../recipe/transform-file.ts';
import { addCommonOptions, type CommonFlags } from '../add-common-options.ts';
import { addOptions } from '../add-options.ts';
import { addOutputOption } from '../add-output-option.ts';
import { parseOptions } from '../parse-options.ts';
import { runCommand } from '../run-command.ts';

interface Flags extends CommonFlags {
  output: string;
  evalData?: string;
}

export function define(command: Command): Command {
  addOutputOption(command.argument('<model>', 'model to clean, .onnx')).option(
    '--eval-data <dataset>',
    'samples to compare before and after on',
  );
  addOptions(command, clean.options.shape);
  return addCommonOptions(command).action(async (model: string, flags: Flags) => {
    await runCommand('clean', flags, (request, environment) => {
      const { output, evalData } = flags;
      const options = parseOptions(clean.options, given(command.opts()));
      return transformFile(clean, { ...request, input: model, output, options, evalData }, environment);
    });
  });
}

/** The flags that are the step's options. */
function given(flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flags).filter(([name]) => Object.hasOwn(clean.options.shape, name)),
  );
}
