import { PareError } from '../base/pare-error.ts';

export function outputIsInput(path: string): PareError {
  return new PareError({
    code: 'output-is-input',
    message: `The output "${path}" is the input file itself.`,
    where: path,
    hint: 'Give -o another name: the original is needed to compare with, and to start again from.',
    isUsage: true,
  });
}

export function outputIsWeights(path: string): PareError {
  return new PareError({
    code: 'output-is-input',
    message: `Writing "${path}" would replace a file in which the input model keeps its weights.`,
    where: path,
    hint: 'Give -o another name or another folder.',
    isUsage: true,
  });
}

export function lockOfAnotherModel(expected: string, got: string): PareError {
  return new PareError({
    code: 'lock-of-another-model',
    message: 'The lock was written for another model.',
    expected: `a model file of SHA-256 ${expected}`,
    got,
    hint: 'Replay it with the model it was made with, or run without --lock.',
    isUsage: true,
  });
}

export function badLock(path: string, reason: string): PareError {
  return new PareError({
    code: 'bad-lock',
    message: `"${path}" is not a lock file that can be replayed here: ${reason}.`,
    where: path,
    expected: 'a recipe.lock.yaml of this version of pare',
    hint: 'Give the recipe.lock.yaml of an earlier run.',
    isUsage: true,
  });
}

export function outputIsFolder(path: string): PareError {
  return new PareError({
    code: 'output-is-folder',
    message: `"${path}" is a folder; a file is to be written there.`,
    where: path,
    hint: 'Give another name.',
    isUsage: true,
  });
}

export function outputNameless(): PareError {
  return new PareError({
    code: 'output-nameless',
    message: 'The output has an empty name.',
    where: '-o',
    expected: 'a file that ends in .onnx, or a folder',
    isUsage: true,
  });
}

export function outputIsFile(path: string): PareError {
  return new PareError({
    code: 'output-is-file',
    message: `"${path}" is a file that is there already, and no model's name.`,
    where: path,
    expected: 'a name that ends in .onnx, or a folder for model, reports and lock',
    hint: 'Add .onnx to -o, or name a folder.',
    isUsage: true,
  });
}

export function folderMissing(path: string, folder: string): PareError {
  return new PareError({
    code: 'folder-missing',
    message: `"${path}" cannot be written: there is no folder "${folder}".`,
    where: path,
    hint: 'Make the folder first, or check the path; it is relative to the current folder.',
    isUsage: true,
  });
}

export function folderNotWritable(path: string, folder: string, cause: unknown): PareError {
  return new PareError({
    code: 'folder-not-writable',
    message: `"${path}" cannot be written: the folder "${folder}" may not be written to.`,
    where: path,
    hint: 'Choose a folder of your own, or change its permissions.',
    cause,
    isUsage: true,
  });
}

export function notAPageName(path: string): PareError {
  return new PareError({
    code: 'not-a-page-name',
    message: `The report page cannot be called "${path}".`,
    where: path,
    expected: 'a name that ends in .html',
    hint: 'The report as JSON comes with --json, or with a folder as -o.',
    isUsage: true,
  });
}

export function lockWithOptions(flags: readonly string[]): PareError {
  return new PareError({
    code: 'lock-with-options',
    message: `--lock repeats the choices of another run, ${flags.join(', ')} would change them.`,
    got: flags.join(', '),
    expected: '--lock with --data, --eval-data and -o only',
    hint: 'Leave out --lock, or these options.',
    isUsage: true,
  });
}

/** `state` of a data set names an output the model does not have. */
export function unknownStateOutput(dataset: string, output: string, outputs: readonly string[]): PareError {
  return new PareError({
    code: 'unknown-state-output',
    message: `The model has no output called "${output}" to feed back.`,
    where: `${dataset}: state`,
    expected: outputs.join(', '),
    got: output,
    hint: 'In state, the name of an output stands before the colon, that of the input it is fed to behind it.',
    isUsage: true,
  });
}

export function layoutHasNoName(layout: string, weights: string, activations: string | undefined): PareError {
  const variant = `weights in ${weights}${activations === undefined ? '' : `, activations in ${activations}`}`;
  return new PareError({
    code: 'layout-has-no-name',
    message: `The file layout ${layout} has no name for a model of ${variant}.`,
    where: '--layout',
    got: variant,
    expected: 'fp16, int8, uint8, q4, q4f16, or integer computation (quantized)',
    hint: 'Leave --layout out, or choose other formats.',
    isUsage: true,
  });
}

export function layoutNeedsFolder(path: string): PareError {
  return new PareError({
    code: 'layout-needs-folder',
    message: `--layout fills a folder, and "${path}" is a model's name.`,
    where: path,
    hint: 'Give -o the name of a folder.',
    isUsage: true,
  });
}

export function noSuchNetOrModel(text: string, nets: readonly string[]): PareError {
  return new PareError({
    code: 'no-such-net',
    message: `"${text}" is neither a known network nor a model file.`,
    got: text,
    expected: `${nets.join(', ')}; or a file that ends in .onnx`,
    hint: `Choose one of: ${nets.join(', ')}; or give a model.`,
    isUsage: true,
  });
}

export function badNetOptions(
  text: string,
  problems: readonly string[],
  known: readonly string[],
): PareError {
  return new PareError({
    code: 'bad-net-options',
    message: `The options of the network "${text}" are wrong: ${problems.join('; ')}.`,
    got: text,
    expected: known.join(', '),
    hint: 'They follow a question mark: mobilenet-v1?width=0.5&resolution=96.',
    isUsage: true,
  });
}

export function trainingUnfinished(folder: string): PareError {
  return new PareError({
    code: 'training-unfinished',
    message: `"${folder}" holds a training that has not come to its end.`,
    where: folder,
    hint: `Go on with --resume ${folder}, or remove the folder to begin anew.`,
    isUsage: true,
  });
}

export function nothingToResume(folder: string): PareError {
  return new PareError({
    code: 'nothing-to-resume',
    message: `"${folder}" holds no training to go on with.`,
    where: folder,
    expected: 'a folder that an earlier run had as -o, with checkpoints/last.safetensors in it',
    isUsage: true,
  });
}

/** The same error, which also says where the trained model is. */
export function trainedButNotScored(path: string, cause: unknown): PareError {
  const own = cause instanceof PareError ? cause : undefined;
  return new PareError({
    code: own?.code ?? 'not-scored',
    message: own?.message ?? `The trained model could not be scored: ${String(cause)}.`,
    where: own?.where,
    expected: own?.expected,
    got: own?.got,
    hint: [own?.hint, `The trained model is in ${path}; \`pare evaluate\` scores it.`]
      .filter(Boolean)
      .join(' '),
    cause,
    isUsage: own?.isUsage ?? false,
  });
}
