import type { Node } from '../../onnx/ir/node.ts';
import { compositeDomain } from '../composite-ops.ts';
import type { GradientRule, GradientRules } from '../gradient.ts';
import { activationGradients } from './activation.ts';
import { convolutionGradients } from './convolution.ts';
import { dropoutGradients } from './dropout.ts';
import { einsumGradients } from './einsum.ts';
import { elementwiseGradients } from './elementwise.ts';
import { gatheringGradients } from './gathering.ts';
import { joiningGradients } from './joining.ts';
import { lossGradients } from './loss.ts';
import { lpPoolingGradients } from './lp-pooling.ts';
import { matrixProductGradients } from './matrix-product.ts';
import { movementGradients } from './movement.ts';
import { normalizationGradients } from './normalization.ts';
import { poolingGradients } from './pooling.ts';
import { quantizationGradients } from './quantization.ts';
import { rankingGradients } from './ranking.ts';
import { recurrenceGradients } from './recurrence.ts';
import { reductionGradients } from './reduction.ts';
import { resizeGradients } from './resize.ts';
import { responseNormalizationGradients } from './response-normalization.ts';
import { rotationGradients } from './rotation.ts';
import { scatteringGradients } from './scattering.ts';
import { selectionGradients } from './selection.ts';
import { slicingGradients } from './slicing.ts';
import { softmaxGradients } from './softmax.ts';

/** Rules of all operators that have one. Kept apart from `ops/index.ts`, so that who only reads models does not load them. */
const gradients: GradientRules = {
  ...activationGradients,
  ...convolutionGradients,
  ...dropoutGradients,
  ...einsumGradients,
  ...elementwiseGradients,
  ...gatheringGradients,
  ...joiningGradients,
  ...lossGradients,
  ...lpPoolingGradients,
  ...matrixProductGradients,
  ...movementGradients,
  ...normalizationGradients,
  ...poolingGradients,
  ...quantizationGradients,
  ...rankingGradients,
  ...reductionGradients,
  ...resizeGradients,
  ...responseNormalizationGradients,
  ...rotationGradients,
  ...scatteringGradients,
  ...selectionGradients,
  ...slicingGradients,
  ...softmaxGradients,
};

const rulesByDomain: ReadonlyMap<string, GradientRules> = new Map([
  ['', gradients],
  [compositeDomain, recurrenceGradients],
]);

/** How a loss's gradient passes back through a node; undefined where no rule is known. */
export function gradientOf(node: Node): GradientRule | undefined {
  const rules = rulesByDomain.get(node.domain);
  return rules && Object.hasOwn(rules, node.opType) ? rules[node.opType] : undefined;
}
