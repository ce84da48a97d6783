import type { Tensor } from '../base/tensor.ts';
import { type Answer, describeTensor } from './classification-output.ts';
import { noTargetOutput, outputNotTarget, unknownOutput } from './errors.ts';
import { floatValues } from './float-values.ts';

/** Does an output answer targets of such a shape? */
export type FitsTargets = (output: readonly number[], targets: readonly number[]) => boolean;

/**
 * The output that is compared with the targets: the one named, else the first that is floating point and fits them.
 * @throws PareError where there is none, or the one named does not fit
 */
export function targetOutput(
  { outputNames, outputs }: Answer,
  targets: Tensor,
  { fits, named }: { fits: FitsTargets; named?: string | undefined },
): string {
  const isRight = (name: string) =>
    floatValues(outputs[name]) !== undefined && fits(outputs[name].shape, targets.shape);
  const wanted = describeTensor(targets);
  if (named !== undefined) {
    if (!outputNames.includes(named)) throw unknownOutput(named, outputNames);
    if (!isRight(named)) throw outputNotTarget(named, describeTensor(outputs[named]), wanted);
    return named;
  }
  const found = outputNames.find(isRight);
  if (found !== undefined) return found;
  throw noTargetOutput(
    outputNames.map((name) => `${name}: ${describeTensor(outputs[name])}`),
    wanted,
  );
}

/** Of `regression`: as many values, axes of length 1 aside. */
export function fitsValues(output: readonly number[], targets: readonly number[]): boolean {
  const squeezed = (shape: readonly number[]) => shape.filter((length) => length !== 1).join();
  return squeezed(output) === squeezed(targets);
}

/** Of `sequence`: scores of at least two classes at each position. */
export function fitsPositions(output: readonly number[], targets: readonly number[]): boolean {
  return output.slice(0, -1).join() === targets.join() && output[output.length - 1] >= 2;
}
