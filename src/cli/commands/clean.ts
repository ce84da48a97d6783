import type { Command } from 'commander';
import { clean } from '../../recipe/steps/clean.ts';
import { transformFile } from '../../recipe/transform-file.ts';
import { addCommonOptions, type CommonFlags } from '../add-common-options.ts';
import { addOutputOption } from '../add-output-option.ts';
import { parseNumber } from '../parse-number.ts';
import { parseOptions } from '../parse-options.ts';
import { runCommand } from '../run-command.ts';

interface Flags extends CommonFlags {
  output: string;
  evalData?: string;
  opset?: number;
}

export function define(command: Command): Command {
  addOutputOption(command.argument('<model>', 'model to clean, .onnx'))
    .option('--eval-data <dataset>', 'samples to compare before and after on')
    .option('--opset <n>', 'raise the model to at least this operator set', parseNumber);
  return addCommonOptions(command).action(async (model: string, flags: Flags) => {
    await runCommand('clean', flags, (request, environment) => {
      const { output, evalData, opset } = flags;
      const options = parseOptions(clean.options, opset === undefined ? {} : { opset });
      return transformFile(clean, { ...request, input: model, output, options, evalData }, environment);
    });
  });
}
