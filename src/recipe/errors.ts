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
