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

export function calibrationDataMissing(): PareError {
  return new PareError({
    code: 'calibration-data-missing',
    message: 'Quantizing activations needs samples to find their ranges on, and there are none.',
    expected: '--data: a dataset file, a folder that can be recognised, or synthetic:strokes',
    hint: 'Give --data; docs/datasets.md shows how to describe yours in a few lines.',
    isUsage: true,
  });
}

export function alreadyQuantized(name: string, opType: string): PareError {
  return new PareError({
    code: 'already-quantized',
    message: `The model is quantized already: it holds ${opType} "${name}".`,
    where: name,
    expected: 'a float model',
    got: opType,
    hint: 'Quantize the float model it was made from.',
    isUsage: true,
  });
}

export function dropNotMeasurable(dataset: string): PareError {
  return new PareError({
    code: 'drop-not-measurable',
    message: 'A limit on the drop was stated, but the model has no scores of classes to count points of.',
    where: dataset,
    expected: 'a model that classifies',
    hint: 'Leave out --max-drop, and judge the result by the errors of its outputs in the report.',
    isUsage: true,
  });
}
