import { PareError } from '../base/pare-error.ts';
import type { Shape } from '../onnx/ir/type.ts';

export function outputNotFound(name: string, known: readonly string[]): PareError {
  return new PareError({
    code: 'output-not-found',
    message: `The model has no output "${name}".`,
    got: name,
    expected: known.join(', '),
    hint: `Choose one of: ${known.join(', ')}.`,
    isUsage: true,
  });
}

export function classScoresMissing(output: string, shape: Shape | undefined): PareError {
  return new PareError({
    code: 'class-scores-missing',
    message: `The output "${output}" does not fit the loss.`,
    where: output,
    expected: 'fixed lengths, and for classes a score for each: [batch, classes, …]',
    got: shape ? `[${shape.map((n) => n ?? '?').join(', ')}]` : 'an unknown shape',
    hint: 'Choose another output or loss.',
  });
}

export function nothingToTrain(): PareError {
  return new PareError({
    code: 'nothing-to-train',
    message: 'The loss depends on no parameter that may change.',
    hint: 'Freeze less, or judge another output.',
    isUsage: true,
  });
}
