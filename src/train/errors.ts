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
    hint: 'Only float32 parameters are trained: `pare dequantize` makes such of a quantized or float16 model. Else freeze less, or judge another output.',
    isUsage: true,
  });
}

export function checkpointUnusable(where: string, problem: string): PareError {
  return new PareError({
    code: 'checkpoint-unusable',
    message: `The checkpoint cannot be read: ${problem}.`,
    where,
    hint: 'Take the folder away and train again.',
  });
}

export function anotherTraining(where: string, differences: readonly string[]): PareError {
  return new PareError({
    code: 'another-training',
    message: `The checkpoint is of another training: ${differences.join('; ')}.`,
    where,
    hint: 'Give the same network, data, options and seed to go on, or another folder to begin anew.',
    isUsage: true,
  });
}

export function targetMissing(where: string, wanted: string): PareError {
  return new PareError({
    code: 'target-missing',
    message: `The data set has no ${wanted} for the loss to compare with.`,
    where,
    hint: 'Choose a loss for what the data set has, or give it labels or targets (docs/datasets.md).',
    isUsage: true,
  });
}

export function targetDoesNotFit(
  where: string,
  expected: readonly number[],
  got: readonly number[],
): PareError {
  return new PareError({
    code: 'target-does-not-fit',
    message: 'The targets do not have the shape of what the model says.',
    where,
    expected: `[${expected.join(', ')}]`,
    got: `[${got.join(', ')}]`,
    hint: 'Judge another output with --judge, or choose another loss.',
    isUsage: true,
  });
}

export function labelOutOfRange(where: string, label: number, classes: number): PareError {
  return new PareError({
    code: 'label-out-of-range',
    message: `A sample has class ${label}, but the model has ${classes} classes.`,
    where,
    hint: `Add --classes ${label + 1} or more, or mend the labels.`,
    isUsage: true,
  });
}

export function batchVaries(where: string, wanted: number, got: number): PareError {
  return new PareError({
    code: 'batch-varies',
    message: `The data set gives ${got} samples at once where ${wanted} were asked for: they differ in shape.`,
    where,
    hint: 'Bring all samples to one shape (crop, resize, pad), or train with --batch 1.',
  });
}

export function stateNotTrained(where: string): PareError {
  return new PareError({
    code: 'state-not-trained',
    message: 'Data sets with state, where an output is fed back, cannot be trained on.',
    where,
    hint: 'Train on whole sequences, with the recurrence inside the model.',
    isUsage: true,
  });
}

export function tooFewSamples(where: string, samples: number, wanted: number): PareError {
  return new PareError({
    code: 'too-few-samples',
    message: `There are ${samples} samples to train on, fewer than one batch of ${wanted}.`,
    where,
    hint: 'Choose a smaller --batch, or keep fewer samples aside with --validation.',
    isUsage: true,
  });
}

export function trainingDiverged(step: number, what: string): PareError {
  return new PareError({
    code: 'training-diverged',
    message: `The training broke down at step ${step}: ${what}.`,
    hint: 'Choose a smaller --lr, add --clip-norm 1 or --warm-up 0.1, or look at the data of that layer.',
  });
}

export function headNotFound(output: string): PareError {
  return new PareError({
    code: 'head-not-found',
    message: `No dense layer or convolution ends in the output "${output}", so it cannot get other classes.`,
    where: output,
    hint: 'Name the output of class scores with --judge, or leave --classes out.',
    isUsage: true,
  });
}

export function tooFewSteps(steps: number, accumulate: number): PareError {
  return new PareError({
    code: 'too-few-steps',
    message: `The whole training has ${steps} steps, fewer than the ${accumulate} whose gradients make one update.`,
    where: '--accumulate',
    hint: 'Choose a smaller --accumulate or --batch, or more --epochs.',
    isUsage: true,
  });
}

export function nothingToAugment(where: string): PareError {
  return new PareError({
    code: 'nothing-to-augment',
    message: 'No input of the model can be augmented: none is of float numbers.',
    where,
    hint: 'Add --augment none.',
    isUsage: true,
  });
}

/** An option that the loss in use knows nothing of. */
export function optionWithoutUse(option: string, reason: string): PareError {
  return new PareError({
    code: 'option-without-use',
    message: `${option} does nothing here: ${reason}.`,
    where: option,
    hint: `Leave ${option} out.`,
    isUsage: true,
  });
}

export function backendUnavailable(reason: string): PareError {
  return new PareError({
    code: 'backend-unavailable',
    message: `The step cannot run on blocks of channels: ${reason}.`,
    where: '--backend',
    hint: 'Leave --backend out to train in standard operators.',
    isUsage: true,
  });
}

export function processesMissing(engine: string): PareError {
  return new PareError({
    code: 'processes-missing',
    message: `${engine} cannot run in several processes.`,
    where: '--data-parallel',
    hint: 'Leave --data-parallel out, or train with onnxruntime-node.',
    isUsage: true,
  });
}

export function batchNotShared(batch: number, shares: number): PareError {
  return new PareError({
    code: 'batch-not-shared',
    message: `A batch of ${batch} samples cannot be shared out among ${shares} processes evenly.`,
    where: '--data-parallel',
    hint: `Choose a --batch that is a multiple of ${shares}.`,
    isUsage: true,
  });
}
