import { PareError } from '../base/pare-error.ts';

export function noImage(augmentation: string, shape: readonly number[]): PareError {
  return new PareError({
    code: 'no-image',
    message: `The augmentation "${augmentation}" needs images.`,
    where: augmentation,
    expected:
      '[channels, height, width], [height, width, channels] or [height, width], 1 to 4 channels, sides above 4',
    got: `[${shape.join(', ')}]`,
    hint: 'Leave it out, or use those for any shape: noise, shift, mixup.',
    isUsage: true,
  });
}

export function noSuchAxis(axis: number, shape: readonly number[]): PareError {
  return new PareError({
    code: 'no-such-axis',
    message: `Samples have no axis ${axis} to shift along.`,
    where: 'shift',
    expected: `${-shape.length} to ${shape.length - 1}`,
    got: String(axis),
    isUsage: true,
  });
}
