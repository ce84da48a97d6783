import type { Command } from 'commander';
import { evaluateFile } from '../../recipe/evaluate-file.ts';
import { addCommonOptions, type CommonFlags } from '../add-common-options.ts';
import { runCommand } from '../run-command.ts';

interface Flags extends CommonFlags {
  data: string;
  against?: string;
  latency?: boolean;
}

export function define(command: Command): Command {
  command
    .argument('<model>', 'model to measure, .onnx')
    .requiredOption('--data <dataset>', 'samples to measure on')
    .option('--against <model>', 'compare with this model: the original')
    .option('--latency', 'time the model as well');
  return addCommonOptions(command).action(async (model: string, flags: Flags) => {
    await runCommand('evaluate', flags, (request, environment) =>
      evaluateFile(
        { ...request, model, data: flags.data, against: flags.against, latency: flags.latency === true },
        environment,
      ),
    );
  });
}
