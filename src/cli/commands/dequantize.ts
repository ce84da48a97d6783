import type { Command } from 'commander';
import { dequantizeOptions } from '../../quantize/dequantize/options.ts';
import { dequantize } from '../../recipe/steps/dequantize.ts';
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
  addOutputOption(command.argument('<model>', 'quantized or half-precision model, .onnx')).option(
    '--eval-data <dataset>',
    'samples to compare before and after on',
  );
  addOptions(command, dequantizeOptions.shape);
  return addCommonOptions(command).action(async (model: string, flags: Flags) => {
    await runCommand('dequantize', flags, (request, environment) => {
      const { output, evalData } = flags;
      const given = Object.entries(command.opts()).filter(([name]) =>
        Object.hasOwn(dequantizeOptions.shape, name),
      );
      const options = parseOptions(dequantizeOptions, Object.fromEntries(given));
      return transformFile(dequantize, { ...request, input: model, output, options, evalData }, environment);
    });
  });
}
