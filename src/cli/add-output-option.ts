import type { Command } from 'commander';

/** `-o`, for every command that makes a model. */
export function addOutputOption(command: Command): Command {
  return command.requiredOption(
    '-o, --output <path>',
    'file to write (.onnx), or a folder for model, reports and lock',
  );
}
