import { PareError } from '../base/pare-error.ts';

/** Runs `work`; an error about values gets the name of the value it is about. */
export function atValue<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PareError) || error.where !== undefined) throw error;
    const { code, message, expected, got, hint } = error;
    throw new PareError({
      code,
      message: `Value "${name}": ${message}`,
      where: name,
      expected,
      got,
      hint,
      cause: error,
    });
  }
}

export function nothingToQuantize(reasons: readonly string[]): PareError {
  return new PareError({
    code: 'nothing-to-quantize',
    message: 'No layer of the model can be quantized.',
    got: [...new Set(reasons)].slice(0, 5).join('; ') || 'no Conv, Gemm or MatMul with constant weights',
    hint: 'pare inspect MODEL says for each layer why.',
  });
}
