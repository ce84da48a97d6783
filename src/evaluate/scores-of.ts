import { check } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { type ClassificationOutput, describeTensor } from './classification-output.ts';
import { outputShapeDiffers } from './errors.ts';
import { floatValues } from './float-values.ts';

/** The scores [samples, classCount] a model gave a later batch; throws a PareError where their number changed. */
export function scoresOf(
  { name, classCount }: ClassificationOutput,
  outputs: Readonly<Record<string, Tensor>>,
  samples: number,
): Float32Array {
  const scores = floatValues(outputs[name]);
  check(scores, () => `the type of output "${name}" changed between two batches`);
  if (scores.length !== samples * classCount) {
    throw outputShapeDiffers(name, `float[${samples},${classCount}]`, describeTensor(outputs[name]));
  }
  return scores;
}
