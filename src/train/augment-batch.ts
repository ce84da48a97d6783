import type { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import { augment } from './augment.ts';
import type { ChosenAugmentation } from './augmentation.ts';

interface AugmentationPlace {
  readonly rng: Rng;
  readonly blank: Float32Array | undefined;
  /** Probabilities of classes, `[count, classes]`, where samples are mixed. */
  readonly targets: Float32Array | undefined;
}

/** Changes the samples of the first float input, one augmentation after another, in place. */
export function augmentBatch(
  inputs: Readonly<Record<string, Tensor>>,
  chosen: readonly ChosenAugmentation[],
  { rng, blank, targets }: AugmentationPlace,
): void {
  const name = augmentedInput(inputs);
  if (chosen.length === 0 || name === undefined || !blank) return;
  const [count, ...shape] = inputs[name].shape;
  // The augmented input is a float one.
  augment({ data: inputs[name].data as Float32Array, shape, count, blank, targets }, chosen, rng);
}

/** The input that augmentations change. */
export function augmentedInput(inputs: Readonly<Record<string, Tensor>>): string | undefined {
  return Object.keys(inputs).find((name) => inputs[name].dtype === 'float' && inputs[name].shape.length > 1);
}
