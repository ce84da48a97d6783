import { tmpdir } from 'node:os';
import { PareError } from '../base/pare-error.ts';

export function engineMissing(packageName: string, cause: unknown): PareError {
  return new PareError({
    code: 'engine-missing',
    message: `The package "${packageName}" is not installed or does not load here.`,
    hint: `Run: ONNXRUNTIME_NODE_INSTALL=skip npm install ${packageName}`,
    cause,
  });
}

export function engineRefused(cause: unknown): PareError {
  return new PareError({
    code: 'engine-refused-model',
    message: `ONNX Runtime does not load the model: ${engineText(cause)}`,
    hint: 'If the original file loads and this one does not, please report it.',
    cause,
  });
}

export function runFailed(cause: unknown): PareError {
  return new PareError({
    code: 'run-failed',
    message: `ONNX Runtime failed while running the model: ${engineText(cause)}`,
    hint: 'Check that the data fit the inputs of the model (pare inspect shows them).',
    cause,
  });
}

export function unsupportedElementType(dtype: string): PareError {
  return new PareError({
    code: 'unsupported-element-type',
    message: `onnxruntime-node cannot pass tensors of type ${dtype} in or out of a model.`,
    got: dtype,
    hint: 'Add a Cast to the model so that its inputs and outputs have another type.',
  });
}

export function engineDied(how: string): PareError {
  return new PareError({
    code: 'engine-died',
    message: `A process of the engine ended before its work was done: ${how}.`,
    hint: 'Where memory ran out, work on fewer samples at once. Else please report it, with the model.',
  });
}

export function exchangeFailed(cause: unknown): PareError {
  return new PareError({
    code: 'engine-exchange-failed',
    message: `Tensors cannot be handed from process to process: ${engineText(cause)}`,
    where: tmpdir(),
    hint: 'Make room there, or set TMPDIR to a folder with more.',
    cause,
  });
}

export function engineProgramMissing(path: string): PareError {
  return new PareError({
    code: 'engine-program-missing',
    message: 'The program for engines in processes of their own is not there.',
    where: path,
    hint: 'It is dist/engine-process.mjs of pare: run `npm run build`, or say where it is where pare is bundled anew.',
  });
}

/** The engine's own text without its source-file prefix. */
function engineText(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/^.*?\.cc:\d+\s+\S+\s*/s, '').trim();
}
