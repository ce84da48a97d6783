import type { Command } from 'commander';
import { check } from '../../base/check.ts';
import { quantizeOptions } from '../../quantize/options.ts';
import { lockWithOptions } from '../../recipe/errors.ts';
import type { FileLayout } from '../../recipe/file-layout.ts';
import { fileLayouts } from '../../recipe/file-layouts/index.generated.ts';
import { type Lock, readLock } from '../../recipe/lock.ts';
import { quantize } from '../../recipe/steps/quantize.ts';
import { transformFile } from '../../recipe/transform-file.ts';
import { addCommonOptions, type CommonFlags } from '../add-common-options.ts';
import { addOptions } from '../add-options.ts';
import { addOutputOption } from '../add-output-option.ts';
import { parseOptions } from '../parse-options.ts';
import { readOptionFiles } from '../read-option-files.ts';
import { runCommand } from '../run-command.ts';

interface Flags extends CommonFlags {
  output: string;
  data?: string;
  evalData?: string;
  lock?: string;
  layout?: string;
}

export function define(command: Command): Command {
  addOutputOption(command.argument('<model>', 'float model, .onnx'))
    .optionsGroup('Data:')
    .option('--data <dataset>', 'samples to calibrate and choose on: a dataset file or a folder')
    .option('--eval-data <dataset>', 'samples to score before and after on, seen by nothing else');
  addFileLayouts(addOptions(command, quantizeOptions.shape));
  command
    .optionsGroup('Replay:')
    .option('--lock <file>', 'repeat the choices of an earlier run: its recipe.lock.yaml');
  return addCommonOptions(command).action(async (model: string, flags: Flags) => {
    await runCommand('quantize', flags, async (request, environment) => {
      const { output, data, evalData, lock: lockPath } = flags;
      const layout = fileLayoutOf(flags.layout);
      const lock = lockPath === undefined ? undefined : await lockFor(command, lockPath);
      const options = lock
        ? parseOptions(quantizeOptions, lock.steps[0].options, lockPath)
        : parseOptions(quantizeOptions, await readOptionFiles(quantizeOptions.shape, given(command)));
      return transformFile(
        quantize,
        { ...request, input: model, output, layout, options, data, evalData, lock },
        environment,
      );
    });
  });
}

/** `--layout` says how integer layers are written, which is the step's business, or how files are named and put together. */
function addFileLayouts(command: Command): void {
  const option = command.options.find(({ long }) => long === '--layout');
  check(option?.parseArg, () => 'the step has no option "layout"');
  const { parseArg } = option;
  const all: readonly FileLayout[] = Object.values(fileLayouts);
  const texts = all.map(
    ({ name, summary }) => `${name.replaceAll('-', '.')}: the output is a folder with ${summary}`,
  );
  option.description += `; or ${texts.join('; ')}`;
  option.argParser((value, previous) => (fileLayoutOf(value) ? value : parseArg(value, previous)));
}

/** Names of programs are written as they write them: `transformers.js`. */
function fileLayoutOf(name: unknown): FileLayout | undefined {
  const key = typeof name === 'string' ? name.replaceAll('.', '-') : '';
  return Object.hasOwn(fileLayouts, key) ? fileLayouts[key as keyof typeof fileLayouts] : undefined;
}

/** The flags that were typed and are the step's options. */
function given(command: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(command.opts()).filter(
      ([name, value]) =>
        Object.hasOwn(quantizeOptions.shape, name) && isTyped(command, name) && !fileLayoutOf(value),
    ),
  );
}

async function lockFor(command: Command, path: string): Promise<Lock> {
  const changes = [...Object.keys(given(command)), ...(isTyped(command, 'seed') ? ['seed'] : [])];
  const flags = command.options.filter(
    (option) =>
      changes.includes(option.attributeName()) && option.negate !== command.opts()[option.attributeName()],
  );
  if (flags.length > 0) throw lockWithOptions(flags.map(({ long }) => long ?? ''));
  return readLock(path, quantize.name);
}

function isTyped(command: Command, name: string): boolean {
  return command.getOptionValueSource(name) === 'cli';
}
