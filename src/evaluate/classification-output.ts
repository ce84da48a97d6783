import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { noClassificationOutput, outputNotScores, unknownOutput } from './errors.ts';
import { floatValues } from './float-values.ts';

/** The output a model's classes are read from. */
export interface ClassificationOutput {
  name: string;
  classCount: number;
}

/** What a model answered for its first batch. */
export interface Answer {
  outputNames: readonly string[];
  outputs: Readonly<Record<string, Tensor>>;
  /** Samples in the batch. */
  samples: number;
}

/**
 * The output whose argmax is the class: the one named, else the first that is floating point of shape [samples,
 * classes, 1 …] with at least two classes. Such an output also counts where the data set is not for classification, as
 * unlabelled samples of a classifier are not; only then may it be missing, and the result is undefined.
 * @throws PareError where the one named holds no scores, or a data set for classification meets a model without any
 */
export function classificationOutput(
  { outputNames, outputs, samples }: Answer,
  { task }: Pick<Dataset, 'task'>,
  named?: string,
): ClassificationOutput | undefined {
  if (named !== undefined) {
    if (!outputNames.includes(named)) throw unknownOutput(named, outputNames);
    const classCount = scoredClasses(outputs[named], samples);
    if (classCount === undefined) throw outputNotScores(named, describeTensor(outputs[named]));
    return { name: named, classCount };
  }
  for (const name of outputNames) {
    const classCount = scoredClasses(outputs[name], samples);
    if (classCount !== undefined) return { name, classCount };
  }
  if (task === 'none') return undefined;
  throw noClassificationOutput(outputNames.map((name) => `${name}: ${describeTensor(outputs[name])}`));
}

/** Type and shape as in ONNX's textual syntax: `float[1,10]`. */
export function describeTensor({ dtype, shape }: Tensor): string {
  return `${dtype}[${shape.join(',')}]`;
}

/** Number of classes where the tensor holds a score per sample and class. */
function scoredClasses(tensor: Tensor, samples: number): number | undefined {
  const [rows, classes, ...trailing] = tensor.shape;
  const isScores =
    rows === samples &&
    classes >= 2 &&
    trailing.every((size) => size === 1) &&
    floatValues(tensor) !== undefined;
  return isScores ? classes : undefined;
}
