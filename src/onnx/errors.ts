import { PareError } from '../base/pare-error.ts';

export function cannotOpen(path: string, cause: unknown): PareError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return new PareError({
    code: isMissing ? 'file-not-found' : 'file-unreadable',
    message: isMissing ? `There is no file "${path}".` : `The file "${path}" cannot be read: ${reason}.`,
    where: path,
    hint: isMissing
      ? 'Check the path; it is relative to the current folder.'
      : 'Check that it is a readable file.',
    cause,
    isUsage: true,
  });
}

export function fileChanged(path: string, offset: number, size: number): PareError {
  return new PareError({
    code: 'file-changed',
    message: `The file "${path}" became shorter while it was read.`,
    where: path,
    expected: `${size} bytes`,
    got: `end of file at byte ${offset}`,
    hint: 'Make sure that nothing writes to the file, then run again.',
  });
}

export function notAnOnnxModel(source: string, reason: string, cause?: unknown): PareError {
  return new PareError({
    code: 'not-an-onnx-model',
    message: `"${source}" is not an ONNX model: ${reason}.`,
    where: source,
    expected: 'a protobuf ModelProto with a graph (.onnx)',
    hint: 'Check that the file is complete and of the ONNX format; TFLite, HDF5 and PyTorch files are not read here.',
    cause,
    isUsage: true,
  });
}

export function badTensor(source: string, tensor: string, reason: string): PareError {
  return new PareError({
    code: 'bad-tensor',
    message: `Tensor "${tensor}" of "${source}" is damaged: ${reason}.`,
    where: `${source}: ${tensor}`,
    hint: 'Export the model again.',
  });
}

export function badExternalPath(source: string, tensor: string, location: string): PareError {
  return new PareError({
    code: 'external-data-outside',
    message: `Tensor "${tensor}" wants its data from "${location}", which is outside the model's folder.`,
    where: `${source}: ${tensor}`,
    expected: "a path inside the model file's folder",
    got: location,
    hint: 'Save the model again with its external data beside it.',
  });
}

export function externalDataNeedsFile(source: string, tensor: string): PareError {
  return new PareError({
    code: 'external-data-without-file',
    message: `Tensor "${tensor}" keeps its data in another file, but the model was not read from a file.`,
    where: `${source}: ${tensor}`,
    hint: 'Read the model by its path, or pass `externalData`.',
  });
}

export function badModelText(
  source: string,
  { line, column, shown }: { line: number; column: number; shown: string },
  reason: string,
): PareError {
  return new PareError({
    code: 'bad-model-text',
    message: `In the ${source}, line ${line}, column ${column}: ${reason}.`,
    where: `${source}:${line}:${column}`,
    got: shown,
    hint: "See https://github.com/onnx/onnx/blob/main/docs/Syntax.md for ONNX's textual syntax.",
    isUsage: true,
  });
}

/** All problems of one model, reported together. */
export function brokenModel(source: string, problems: readonly string[]): PareError {
  const shown = problems.slice(0, 20);
  const rest = problems.length - shown.length;
  return new PareError({
    code: 'broken-model',
    message: `The graph of "${source}" is broken: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`,
    where: source,
    hint: 'Export the model again, or report this if other tools accept it.',
  });
}

export function cannotWrite(path: string, cause: unknown): PareError {
  if (cause instanceof PareError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PareError({
    code: 'cannot-write',
    message: `"${path}" cannot be written: ${reason}.`,
    where: path,
    hint: 'Check that the folder exists, that it is writable, and that the disk has room.',
    cause,
  });
}
