import { PareError } from '../base/pare-error.ts';

const unknownInputHints: Readonly<Record<string, string>> = {
  inputs: 'Write inputs as { MODEL_INPUT: FIELD }.',
  constants: 'Write constants as { MODEL_INPUT: { dtype: int64, value: 16000 } }.',
  state: 'Write state as { MODEL_OUTPUT: MODEL_INPUT }.',
};

/** How many problems of one file are printed; the rest is counted. */
const SHOWN_PROBLEMS = 12;

export function datasetMissing(path: string, cause?: unknown): PareError {
  return new PareError({
    code: 'dataset-missing',
    message: `There is no file or folder "${path}".`,
    where: path,
    hint: 'Give a dataset file (.yaml, .yml, .json), a folder that can be recognised, or "synthetic:strokes".',
    cause,
    isUsage: true,
  });
}

export function datasetNotRecognised(path: string): PareError {
  return new PareError({
    code: 'dataset-not-recognised',
    message: `"${path}" is not a data set pare can recognise by itself.`,
    where: path,
    expected:
      'a .yaml, .yml or .json dataset file, or a folder with data_batch_*.bin or test_batch*.bin, with *-images-idx3-ubyte, or with labels.csv and images',
    hint: 'Describe the data in a dataset file; docs/datasets.md has one for each kind.',
    isUsage: true,
  });
}

export function unknownKind(where: string, kind: unknown, known: readonly string[]): PareError {
  const got = kind === undefined ? 'nothing' : JSON.stringify(kind);
  return new PareError({
    code: 'unknown-dataset-kind',
    message: kind === undefined ? 'The dataset file names no kind.' : `There is no dataset kind ${got}.`,
    where: `${where}: kind`,
    expected: known.join(', '),
    got,
    hint: `Set kind to one of: ${known.join(', ')}.`,
    isUsage: true,
  });
}

/** All problems of one file together, one a line: `preprocess.crop: …`. */
export function fileProblems(where: string, problems: readonly string[]): PareError {
  const shown = problems.slice(0, SHOWN_PROBLEMS);
  const rest = problems.length - shown.length;
  const lines = rest > 0 ? [...shown, `and ${rest} more`] : shown;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new PareError({
    code: 'dataset-file-invalid',
    message: `"${where}" has ${count}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    where,
    isUsage: true,
  });
}

export function unknownSplit(where: string, split: string, known: readonly string[]): PareError {
  const names = known.length === 0 ? 'none: this kind has no named splits' : known.join(', ');
  return new PareError({
    code: 'unknown-split',
    message: `There is no split called "${split}".`,
    where: `${where}: split`,
    expected: names,
    got: split,
    hint:
      known.length === 0
        ? 'Use split: { fraction: [0, 0.8], seed: 1 }.'
        : `Choose one of: ${known.join(', ')}; or use { fraction: [0, 0.8], seed: 1 }.`,
    isUsage: true,
  });
}

export function splitNotStated(folder: string, found: readonly string[]): PareError {
  return new PareError({
    code: 'split-not-stated',
    message: `The folder holds several splits (${found.join(', ')}) and none was chosen.`,
    where: folder,
    expected: found.map((name) => `split: ${name}`).join(' or '),
    hint: `Set split in the dataset file, or write "${folder}?split=${found[0]}".`,
    isUsage: true,
  });
}

export function noSamples(where: string, got: string): PareError {
  return new PareError({
    code: 'no-samples',
    message: 'No sample is left to read.',
    where,
    got,
    hint: 'Check files, split and limit of the dataset file.',
    isUsage: true,
  });
}

export function filesNotFound(where: string, pattern: string): PareError {
  return new PareError({
    code: 'dataset-files-missing',
    message: `"${pattern}" names no existing file.`,
    where,
    got: pattern,
    hint: 'Paths are relative to the dataset file; a pattern may hold *, ? and **.',
    isUsage: true,
  });
}

export function tooManyFiles(folder: string, limit: number): PareError {
  return new PareError({
    code: 'too-many-files',
    message: 'The folder holds more files than pare looks at.',
    where: folder,
    expected: `at most ${limit} files`,
    got: 'more',
    hint: 'Name the files more closely in the dataset file.',
  });
}

/** `possible`: what the data can serve. */
export function taskImpossible(where: string, task: string, possible: readonly string[]): PareError {
  const [code, lacks, key] =
    task === 'classification'
      ? ['labels-missing', 'labels', 'labels']
      : ['targets-missing', 'targets', 'targets'];
  return new PareError({
    code,
    message: `The task is ${task} but the data has no ${lacks}.`,
    where: `${where}: task`,
    expected: possible.join(' or '),
    got: task,
    hint: `Set ${key}, or task: ${possible[0]}.`,
    isUsage: true,
  });
}

export function fieldNotNumeric(where: string, field: string, dtype: string): PareError {
  return new PareError({
    code: 'field-not-numeric',
    message: `Field "${field}" holds no numbers pare can convert.`,
    where: `${where}: fields.${field}`,
    expected: 'float, double, bool, or whole numbers of 8 to 64 bits',
    got: dtype,
    hint: 'Leave out dtype, scale, mean and std of this field, or store it as float.',
    isUsage: true,
  });
}

export function fieldShapeMismatch(
  where: string,
  field: string,
  expected: readonly number[],
  got: readonly number[],
): PareError {
  return new PareError({
    code: 'field-shape-mismatch',
    message: `A sample of field "${field}" has not as many elements as the shape.`,
    where: `${where}: fields.${field}.shape`,
    expected: `[${expected.join(', ')}]`,
    got: `[${got.join(', ')}]`,
    hint: 'The shape is that of one sample, without batch axis.',
    isUsage: true,
  });
}

/** A file set with `state` whose fields do not go through time together. */
export function notASequence(where: string, got: string): PareError {
  return new PareError({
    code: 'not-a-sequence',
    message: 'With state, a sample is a sequence: the first axis of every field is the step, of one length.',
    where: `${where}: state`,
    expected: 'fields of shape [steps, …], with at least one step',
    got,
    hint: 'Cut audio with frames, or store arrays as [sample, step, …].',
    isUsage: true,
  });
}

/** What is wrong with the numbers a sample should be judged by. */
export function badTarget(where: string, expected: string, got: string): PareError {
  return new PareError({
    code: 'target-unusable',
    message: 'The targets do not suit the task.',
    where,
    expected,
    got,
    hint: 'Set another task, or check the array or column the targets come from.',
  });
}

const unknownFieldHints: Readonly<Record<string, string>> = {
  inputs: 'Write inputs as { MODEL_INPUT: FIELD }.',
  fields: 'Write fields as { FIELD: { dtype: float } }.',
  reconstruct: 'Name the field whose values the model is to give back.',
};

/** `key`: of the dataset file, that names the field. */
export function unknownField(
  where: string,
  field: string,
  known: readonly string[],
  key = 'inputs',
): PareError {
  return new PareError({
    code: 'unknown-field',
    message: `The data has no field called "${field}".`,
    where: `${where}: ${key}`,
    expected: known.join(', '),
    got: field,
    hint: unknownFieldHints[key],
    isUsage: true,
  });
}

export function malformedFile(where: string, expected: string, got: string, cause?: unknown): PareError {
  return new PareError({
    code: 'data-file-malformed',
    message: 'The data file does not hold what its kind says.',
    where,
    expected,
    got,
    hint: 'Check that kind, files and labels of the dataset file belong together and the download is complete.',
    cause,
  });
}

export function fileTooLarge(where: string, bytes: number, limit: number): PareError {
  return new PareError({
    code: 'data-file-too-large',
    message: 'The file holds more than pare reads of its kind.',
    where,
    expected: `at most ${limit} bytes`,
    got: `${bytes} bytes`,
    hint: 'Split the file, or unpack it first if it is compressed.',
  });
}

export function sharpMissing(where: string, cause: unknown): PareError {
  return new PareError({
    code: 'sharp-missing',
    message: 'Decoding and resizing images needs the package "sharp", which could not be loaded.',
    where,
    hint: 'npm install sharp',
    cause,
  });
}

export function imageUnreadable(where: string, got: string, cause?: unknown): PareError {
  return new PareError({
    code: 'image-unreadable',
    message: 'The image could not be decoded.',
    where,
    expected: 'a JPEG, PNG, WebP, GIF, AVIF or TIFF of at most 64 Mi pixels',
    got,
    hint: 'Repair or remove the file.',
    cause,
  });
}

export function imageTooLarge(where: string, width: number, height: number): PareError {
  return new PareError({
    code: 'image-too-large',
    message: 'The resized image would be too large.',
    where,
    expected: 'at most 64 Mi pixels',
    got: `${width} × ${height}`,
    hint: 'Lower preprocess.shortSide or preprocess.resize.',
  });
}

export function cropTooLarge(where: string, crop: readonly number[], size: readonly number[]): PareError {
  return new PareError({
    code: 'crop-too-large',
    message: 'The image is smaller than the crop.',
    where,
    expected: `at least ${crop.join(' × ')} (height × width)`,
    got: size.join(' × '),
    hint: 'Set preprocess.shortSide to at least the crop, or lower preprocess.crop.',
  });
}

export function channelCountMismatch(where: string, key: string, expected: number, got: number): PareError {
  return new PareError({
    code: 'channel-count-mismatch',
    message: `preprocess.${key} does not hold one number a channel.`,
    where: `${where}: preprocess.${key}`,
    expected: `one number, or ${expected}`,
    got: `${got}`,
    hint: 'Check preprocess.color as well: rgb and bgr have 3 channels, gray and luma 1.',
    isUsage: true,
  });
}

/** The model takes batches of one size only, and the data give another. */
export function batchDoesNotFit(where: string, input: string, expected: number, got: number): PareError {
  return new PareError({
    code: 'batch-does-not-fit',
    message: `The model's input "${input}" takes batches of exactly ${expected}, and a batch of ${got} came.`,
    where,
    expected: String(expected),
    got: String(got),
    hint: 'Samples are calibrated with one by one, and samples of several shapes share no batch: export the model with a free batch axis, or with one of 1.',
    isUsage: true,
  });
}

/** Only plain numbers have zeros to start a state with. */
export function stateWithoutZero(where: string, input: string, dtype: string): PareError {
  return new PareError({
    code: 'state-without-zero',
    message: `The state "${input}" is ${dtype}, which has no zeros to start from.`,
    where: `${where}: state`,
    expected: 'floating point or whole numbers of at least 8 bits, or bool',
    got: dtype,
    hint: 'Change the element type of the state in the model.',
    isUsage: true,
  });
}

export function stateTooLarge(where: string, input: string, shape: readonly number[]): PareError {
  return new PareError({
    code: 'state-too-large',
    message: `The state "${input}" has the shape [${shape.join(', ')}], which is more than pare keeps.`,
    where: `${where}: state`,
    expected: 'at most 2^26 elements',
    got: `[${shape.join(', ')}]`,
    hint: 'Check that the model is not damaged.',
  });
}

export function inputsUnbound(
  where: string,
  fields: readonly string[],
  inputs: readonly string[],
  unbound: readonly string[],
): PareError {
  return new PareError({
    code: 'inputs-unbound',
    message: `It is not clear which field of the data feeds ${unbound.map((name) => `"${name}"`).join(', ')}.`,
    where,
    expected: `model inputs: ${inputs.join(', ')}`,
    got: `fields: ${fields.join(', ')}`,
    hint: `Set inputs in the dataset file: { ${unbound[0]}: ${fields[0] ?? 'FIELD'} }.`,
    isUsage: true,
  });
}

/** `key`: of the dataset file, that names the input. */
export function unknownModelInput(
  where: string,
  input: string,
  inputs: readonly string[],
  key = 'inputs',
): PareError {
  return new PareError({
    code: 'unknown-model-input',
    message: `The model has no input called "${input}".`,
    where: `${where}: ${key}`,
    expected: inputs.join(', '),
    got: input,
    hint: unknownInputHints[key],
    isUsage: true,
  });
}

/** What a sample does not fit in: shape or element type of a model input. */
export interface Misfit {
  where: string;
  input: string;
  field: string;
  expected: string;
  got: string;
  hint: string;
}

export function sampleMisfit({ where, input, field, expected, got, hint }: Misfit): PareError {
  return new PareError({
    code: 'sample-does-not-fit',
    message: `Field "${field}" does not fit the model input "${input}".`,
    where,
    expected,
    got,
    hint,
    isUsage: true,
  });
}

export function streamLengthMismatch(name: string, stated: number, got: string): PareError {
  return new PareError({
    code: 'stream-length-mismatch',
    message: 'The batches do not hold the stated number of samples.',
    where: name,
    expected: `${stated} samples`,
    got,
    hint: 'State the length the batches really have.',
  });
}

export function objectArray(where: string): PareError {
  return new PareError({
    code: 'object-array-refused',
    message: 'The array holds pickled Python objects, which can run code when they are read.',
    where,
    expected: 'an array of numbers',
    got: "dtype 'O'",
    hint: "Save it again with a number type, such as x.astype('float32').",
  });
}

export function soundTooLong(where: string, got: number, limit: number): PareError {
  return new PareError({
    code: 'sound-too-long',
    message: 'The recording would take more memory than pare gives to one sample.',
    where,
    expected: `at most ${limit} numbers`,
    got: `${got} numbers`,
    hint: 'Set seconds, a lower sampleRate, a larger hop, or frames with as: frame.',
  });
}

export function soundTooShort(where: string): PareError {
  return new PareError({
    code: 'sound-too-short',
    message: 'The recording is shorter than one window or frame.',
    where,
    hint: 'Set seconds or samples, which add silence, or leave the file out with match.',
  });
}

export function tokenizerUnusable(where: string, got: string, cause?: unknown): PareError {
  return new PareError({
    code: 'tokenizer-unusable',
    message: 'The tokenizer cannot be used.',
    where,
    expected: 'a tokenizer.json of Hugging Face tokenizers, or a vocabulary of one token a line',
    got,
    hint: 'Take the tokenizer.json that belongs to the model; padToken names its padding where the file does not.',
    cause,
  });
}

export function textTooLong(where: string, tokens: number, limit: number): PareError {
  return new PareError({
    code: 'text-too-long',
    message: 'A text has more tokens than maxLength.',
    where,
    expected: `at most ${limit} tokens`,
    got: `${tokens} tokens`,
    hint: 'Raise maxLength, or set truncation: true.',
  });
}
