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
    hint: 'Quantize the float model it was made from, or take what pare dequantize makes of this one.',
    isUsage: true,
  });
}

export function halfPrecision(name: string, dtype: string): PareError {
  return new PareError({
    code: 'half-precision',
    message: `The weight of "${name}" is ${dtype}: quantization starts from 32-bit floats.`,
    where: name,
    expected: 'float weights',
    got: dtype,
    hint: 'pare dequantize writes such a model in 32-bit floats.',
    isUsage: true,
  });
}

export function noIntegerKernels(target: string): PareError {
  return new PareError({
    code: 'no-integer-kernels',
    message: `The target ${target} computes nothing in integers: quantized activations gain nothing there.`,
    where: '--target',
    got: target,
    hint: 'Add --mode weights: stored in fewer bits, weights make a smaller file.',
    isUsage: true,
  });
}

/** @param name of the layout */
export function formatNotOfLayout(name: string, reason: string): PareError {
  return new PareError({
    code: 'format-not-of-layout',
    message: `The layout ${name} cannot be written: ${reason}.`,
    where: '--layout',
    got: name,
    isUsage: true,
  });
}

export function nonFiniteWeight(tensor: string, value: number, index: number): PareError {
  return new PareError({
    code: 'non-finite-weight',
    message: `The weight "${tensor}" holds ${value} at element ${index}.`,
    where: tensor,
    expected: 'finite values',
    got: String(value),
    hint: 'The model is damaged or was trained until it diverged: take it from an earlier checkpoint.',
  });
}

export function noCalibrationSamples(dataset: string): PareError {
  return new PareError({
    code: 'no-calibration-samples',
    message: 'The calibration data hold no sample.',
    where: dataset,
    expected: 'at least one sample',
    got: 'none',
    hint: 'Check the split and the limit of the data set.',
  });
}

export function dropNotMeasurable(dataset: string): PareError {
  return new PareError({
    code: 'drop-not-measurable',
    message:
      'A limit to the drop was stated, but there are no targets and no output of the model scores classes: there is no metric to lose.',
    where: dataset,
    hint: 'Leave --max-drop out; the report states the SQNR of the outputs.',
    isUsage: true,
  });
}

export function granularityNotOfMode(mode: string, granularity: string): PareError {
  return new PareError({
    code: 'granularity-not-of-mode',
    message: `Mode ${mode} cannot give weights a scale a ${granularity}.`,
    where: '--granularity',
    expected: 'channel or tensor',
    got: granularity,
    hint: 'Blocks are for --mode weights.',
    isUsage: true,
  });
}

export function granularityOfFloats(format: string, granularity: string): PareError {
  return new PareError({
    code: 'granularity-of-floats',
    message: `Numbers in ${format} have no scales, so --granularity ${granularity} means nothing to them.`,
    where: '--granularity',
    got: granularity,
    hint: 'Leave --granularity out.',
    isUsage: true,
  });
}

export function optionNotOfMode(mode: string, option: string): PareError {
  return new PareError({
    code: 'option-not-of-mode',
    message: `--${option} means nothing in mode ${mode}.`,
    where: `--${option}`,
    hint: `Leave --${option} out, or choose another --mode.`,
    isUsage: true,
  });
}

/** @param part the option: `weights` or `activations` */
export function formatNotOfMode(
  mode: string,
  part: string,
  format: string,
  known: readonly string[],
): PareError {
  return new PareError({
    code: 'format-not-of-mode',
    message: `Mode ${mode} cannot give ${part} the format ${format}.`,
    where: `--${part}`,
    expected: known.join(', ') || 'none: there is no choice',
    got: format,
    hint: known.length > 0 ? `Choose one of: ${known.join(', ')}.` : `Leave --${part} out.`,
    isUsage: true,
  });
}

/** @param because what the samples are for */
export function optionNeedsData(option: string, because: string): PareError {
  return new PareError({
    code: 'option-needs-data',
    message: `${option} needs samples: ${because}.`,
    where: option,
    expected: '--data: a dataset file, or a folder that can be recognised',
    hint: `Give --data, or leave ${option} out.`,
    isUsage: true,
  });
}

export function methodNotOfFormat(method: string, format: string, reason: string): PareError {
  return new PareError({
    code: 'method-not-of-format',
    message: `The method "${method}" is none for ${format} weights: ${reason}.`,
    where: '--method',
    hint: 'Leave --method out, or choose another one.',
    isUsage: true,
  });
}

export function methodWantsData(method: string): PareError {
  return new PareError({
    code: 'method-wants-data',
    message: `The method "${method}" chooses codes by what layers read, and there are no samples.`,
    where: '--data',
    hint: 'Give samples with --data, or choose a method that finds scales alone: mse, least-squares.',
    isUsage: true,
  });
}
