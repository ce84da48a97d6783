import type { Spec } from '../base/parse-spec.ts';
import type { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Augmentation } from './augmentation.ts';

interface AugmentationPlace {
  readonly rng: Rng;
  readonly fill: readonly number[];
  /** Probabilities of classes, `[count, classes]`, where samples are mixed. */
  readonly targets?: Float32Array | undefined;
}

type Inputs = Readonly<Record<string, Tensor>>;

/** Changes the samples of the first float input, one augmentation after another, in place. */
export function augmentBatch(
  inputs: Inputs,
  augmentations: readonly Spec<Augmentation>[],
  { rng, fill, targets }: AugmentationPlace,
): Inputs {
  const name = augmentedInput(inputs);
  if (augmentations.length === 0 || name === undefined) return inputs;
  const { shape, data } = inputs[name];
  const [count, ...sample] = shape;
  const batch = {
    data: data as Float32Array,
    shape: sample,
    count,
    fill,
    ...(targets && { targets, classes: targets.length / count }),
  };
  for (const { record, options } of augmentations) record.apply(batch, options, rng);
  return inputs;
}

/** The input that augmentations change. */
export function augmentedInput(inputs: Inputs): string | undefined {
  return Object.keys(inputs).find((name) => inputs[name].dtype === 'float' && inputs[name].shape.length > 1);
}
