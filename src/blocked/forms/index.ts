import type { Node } from '../../onnx/ir/node.ts';
import { compositeDomain } from '../../ops/composite-ops.ts';
import type { Form } from '../form.ts';
import { batchNormalization } from './batch-normalization.ts';
import { batchNormalizationGradient } from './batch-normalization-gradient.ts';
import { clipGradient } from './clip-gradient.ts';
import { convolution } from './convolution.ts';
import { convolutionInputGradient } from './convolution-input-gradient.ts';
import { convolutionWeightGradient } from './convolution-weight-gradient.ts';
import { elementwiseForms } from './elementwise.ts';
import { poolingForms } from './pooling.ts';
import { reductionForms } from './reduction.ts';

/** By operator, standard or composite. */
const forms: Readonly<Record<string, Form>> = {
  Conv: convolution,
  ConvolutionInputGradient: convolutionInputGradient,
  ConvolutionWeightGradient: convolutionWeightGradient,
  BatchNormalization: batchNormalization,
  BatchNormalizationGradient: batchNormalizationGradient,
  ClipGradient: clipGradient,
  ...elementwiseForms,
  ...poolingForms,
  ...reductionForms,
};

/** The blocked form of a node's operator; undefined where it has none. */
export function formOf({ domain, opType }: Node): Form | undefined {
  const isKnown = (domain === '' || domain === compositeDomain) && Object.hasOwn(forms, opType);
  return isKnown ? forms[opType] : undefined;
}
