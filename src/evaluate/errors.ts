import { PareError } from '../base/pare-error.ts';

/** A model answered NaN where a class score was expected. */
export function nanScore(output: string, sample: number, classIndex: number): PareError {
  return new PareError({
    code: 'nan-score',
    message: `The model's score for class ${classIndex} of sample ${sample} is NaN.`,
    where: `output "${output}"`,
    expected: 'a number',
    got: 'NaN',
    hint: 'Check that the preprocessing fits the model, and that no layer of it overflows.',
  });
}

/** A label names no class of the model. */
export function labelOutOfRange(label: number, classCount: number): PareError {
  return new PareError({
    code: 'label-out-of-range',
    message: `The data set has a label ${label}, but the model scores ${classCount} classes.`,
    expected: `0 .. ${classCount - 1}`,
    got: String(label),
    hint: 'Check that the labels count from 0 and belong to this model.',
  });
}

/** Some batches carry labels and others do not. */
export function labelsMissing(dataset: string, firstSample: number): PareError {
  return new PareError({
    code: 'labels-missing',
    message: `Only some of the samples have labels: that changes at sample ${firstSample}.`,
    where: dataset,
    hint: 'Give a label for every sample, or for none.',
  });
}

/** The data set has nothing to evaluate. */
export function noSamples(dataset: string): PareError {
  return new PareError({
    code: 'no-samples',
    message: 'There is no sample to evaluate the model on.',
    where: dataset,
    hint: 'Check the split and the limit of the data set.',
  });
}

/** The data set promised another number of samples than it gave. */
export function sampleCountDiffers(dataset: string, expected: number, got: number): PareError {
  return new PareError({
    code: 'sample-count-differs',
    message: `The data set was to give ${expected} samples and gave ${got}.`,
    where: dataset,
    expected: String(expected),
    got: String(got),
    hint: 'Was a file of the data set changed meanwhile?',
  });
}

/** No field of the data set feeds an input of the model. */
export function inputNotBound(input: string, dataset: string, fields: readonly string[]): PareError {
  return new PareError({
    code: 'input-not-bound',
    message: `The data set has nothing for the model's input "${input}".`,
    where: dataset,
    expected: input,
    got: fields.join(', '),
    hint: 'Name the field that feeds it under "inputs" in the data set file.',
  });
}

/** The output asked for is not one of the model's. */
export function unknownOutput(output: string, known: readonly string[]): PareError {
  return new PareError({
    code: 'unknown-output',
    message: `The model has no output called "${output}".`,
    expected: known.join(', '),
    got: output,
    hint: `Choose one of: ${known.join(', ')}.`,
    isUsage: true,
  });
}

/** The output asked for does not hold class scores. */
export function outputNotScores(output: string, got: string): PareError {
  return new PareError({
    code: 'output-not-scores',
    message: `Output "${output}" does not hold a score per sample and class.`,
    where: `output "${output}"`,
    expected: 'floating point of shape [samples, classes] with at least 2 classes',
    got,
    hint: 'Name another output, or set "task: none" in the data set file.',
    isUsage: true,
  });
}

/** The data set is for classification, the model does not classify. */
export function noClassificationOutput(outputs: readonly string[]): PareError {
  return new PareError({
    code: 'no-classification-output',
    message: 'None of the outputs of the model holds a score per sample and class.',
    expected: 'a floating point output of shape [samples, classes] with at least 2 classes',
    got: outputs.join(', '),
    hint: 'Set "task: none" in the data set file to compare the outputs as they are.',
  });
}

/** The two models score different numbers of classes. */
export function classCountDiffers(before: number, after: number): PareError {
  return new PareError({
    code: 'class-count-differs',
    message: `The models cannot be compared: they score ${before} and ${after} classes.`,
    expected: String(before),
    got: String(after),
    hint: 'Compare models of the same task, or name the output to compare.',
  });
}

/** The data set's task needs targets, and a batch has none. */
export function targetsMissing(dataset: string, firstSample: number): PareError {
  return new PareError({
    code: 'targets-missing',
    message: `Sample ${firstSample} has no target to compare answers with.`,
    where: dataset,
    expected: 'targets with every sample',
    got: 'none',
    hint: 'Give targets, or set "task: none" in the data set file to compare two models alone.',
  });
}

/** `judge.metric` names no metric a drop can be counted in. */
export function unknownMetric(dataset: string, metric: string, known: readonly string[]): PareError {
  return new PareError({
    code: 'unknown-metric',
    message: `"${metric}" is no metric that the drop of such a data set can be counted in.`,
    where: `${dataset}: judge.metric`,
    expected: known.join(', ') || 'no metric: without labels or targets nothing is judged',
    got: metric,
    hint: known.length > 0 ? `Choose one of: ${known.join(', ')}.` : 'Leave judge.metric out.',
    isUsage: true,
  });
}

/** No output fits the targets. */
export function noTargetOutput(outputs: readonly string[], targets: string): PareError {
  return new PareError({
    code: 'no-target-output',
    message: 'None of the outputs of the model has the shape the targets ask for.',
    expected: `a floating point output for targets ${targets}; of a sequence with an axis of classes behind them`,
    got: outputs.join(', '),
    hint: 'Check that data and model belong together, or set "task: none" in the data set file.',
  });
}

/** The output asked for does not fit the targets. */
export function outputNotTarget(output: string, got: string, targets: string): PareError {
  return new PareError({
    code: 'output-not-target',
    message: `Output "${output}" does not have the shape the targets ask for.`,
    where: `output "${output}"`,
    expected: `a floating point output for targets ${targets}; of a sequence with an axis of classes behind them`,
    got,
    hint: 'Name another output, or set "task: none" in the data set file.',
    isUsage: true,
  });
}

/** A model answered NaN or infinity where a target was to be met. */
export function nanAnswer(output: string, sample: number): PareError {
  return new PareError({
    code: 'non-finite-answer',
    message: `The model's answer to sample ${sample} holds values that are no numbers.`,
    where: `output "${output}"`,
    expected: 'numbers',
    hint: 'Check that the preprocessing fits the model, and that no layer of it overflows.',
  });
}

/** A target of a sequence names no class of the model. */
export function targetOutOfRange(target: number, classCount: number): PareError {
  return new PareError({
    code: 'target-out-of-range',
    message: `The data set has a target ${target}, but the model scores ${classCount} classes.`,
    expected: `0 .. ${classCount - 1}, negative where no class is asked for`,
    got: String(target),
    hint: 'Check that the targets count from 0 and belong to this model.',
  });
}

/** `judge.border` leaves nothing to look at. */
export function borderTooWide(border: number, shape: readonly number[]): PareError {
  return new PareError({
    code: 'border-too-wide',
    message: `A border of ${border} leaves nothing of targets of the shape [${shape.join(', ')}].`,
    where: 'judge.border',
    expected: `last two axes longer than ${2 * border}`,
    got: `[${shape.join(', ')}]`,
    hint: 'Make judge.border smaller, or leave it out.',
    isUsage: true,
  });
}

/** The two models share no output. */
export function outputsDiffer(before: readonly string[], after: readonly string[]): PareError {
  return new PareError({
    code: 'outputs-differ',
    message:
      'The models cannot be compared: they have no output of the same name, nor the same number of outputs.',
    expected: before.join(', '),
    got: after.join(', '),
    hint: 'Rename the outputs of one of them.',
  });
}

/** The two models' values at one output cannot be laid side by side. */
export function outputShapeDiffers(output: string, expected: string, got: string): PareError {
  return new PareError({
    code: 'output-shape-differs',
    message: `The models answer differently shaped or typed values at output "${output}".`,
    where: `output "${output}"`,
    expected,
    got,
    hint: 'Compare models with the same outputs.',
  });
}

/** No output of the two models has floating point values. */
export function nothingToCompare(outputs: readonly string[]): PareError {
  return new PareError({
    code: 'nothing-to-compare',
    message: 'The models cannot be compared: none of their common outputs is floating point.',
    got: outputs.join(', '),
    hint: 'Compare them at an output before the last integer one.',
  });
}

/** NaN, or an infinity only one of the two models answers. */
export function nonFiniteOutput(output: string, firstSample: number, count: number): PareError {
  return new PareError({
    code: 'non-finite-output',
    message: `${count} values are NaN, or infinite in one of the models only, in the batch from sample ${firstSample} on.`,
    where: `output "${output}"`,
    expected: 'numbers',
    hint: 'Check that the preprocessing fits the model, and that no layer of it overflows.',
  });
}

/** The clock does not advance enough to time anything. */
export function clockTooCoarse(runs: number, elapsedMs: number): PareError {
  return new PareError({
    code: 'clock-too-coarse',
    message: `The clock advanced ${elapsedMs} ms over ${runs} runs of the model: too little to measure its latency.`,
    hint: 'Use a larger batch, or a finer clock.',
  });
}

/** A file cannot be read. */
export function fileUnreadable(path: string, cause: unknown): PareError {
  return new PareError({
    code: 'file-unreadable',
    message: `The file cannot be read${cause instanceof Error ? `: ${cause.message}` : ''}.`,
    where: path,
    hint: 'Check that the path is right and that you may read it.',
    cause,
  });
}
