import type { Node } from '../onnx/ir/node.ts';
import { activationOps } from './activation.ts';
import { attentionOps } from './attention.ts';
import { compositeOps } from './composite-ops.ts';
import { contribAttentionOps } from './contrib-attention.ts';
import { contribFusedOps } from './contrib-fused.ts';
import { contribNchwcOps } from './contrib-nchwc.ts';
import { contribProductOps } from './contrib-products.ts';
import { contribQuantizedOps } from './contrib-quantized.ts';
import { controlFlowOps } from './control-flow.ts';
import { convolutionOps } from './convolution.ts';
import { einsumOps } from './einsum.ts';
import { elementwiseOps } from './elementwise.ts';
import { gatheringOps } from './gathering.ts';
import { generationOps } from './generation.ts';
import { joiningOps } from './joining.ts';
import { logicalOps } from './logical.ts';
import { lossOps } from './loss.ts';
import { machineLearningOps } from './machine-learning.ts';
import { matrixProductOps } from './matrix-product.ts';
import { movementOps } from './movement.ts';
import { normalizationOps } from './normalization.ts';
import type { Op } from './op.ts';
import { poolingOps } from './pooling.ts';
import { quantizationOps } from './quantization.ts';
import { recurrentOps } from './recurrent.ts';
import { reductionOps } from './reduction.ts';
import { reshapeOps } from './reshape.ts';
import { resizeOps } from './resize.ts';
import { selectionOps } from './selection.ts';
import { sequenceOps } from './sequence.ts';
import { shapeArithmeticOps } from './shape-arithmetic.ts';
import { signalOps } from './signal.ts';
import { slicingOps } from './slicing.ts';
import { softmaxOps } from './softmax.ts';
import { textOps } from './text.ts';

/** All operators pare knows about. */
export const ops: readonly Op[] = [
  ...activationOps,
  ...attentionOps,
  ...compositeOps,
  ...contribAttentionOps,
  ...contribFusedOps,
  ...contribNchwcOps,
  ...contribProductOps,
  ...contribQuantizedOps,
  ...controlFlowOps,
  ...convolutionOps,
  ...einsumOps,
  ...elementwiseOps,
  ...gatheringOps,
  ...generationOps,
  ...joiningOps,
  ...logicalOps,
  ...lossOps,
  ...machineLearningOps,
  ...matrixProductOps,
  ...movementOps,
  ...normalizationOps,
  ...poolingOps,
  ...quantizationOps,
  ...recurrentOps,
  ...reductionOps,
  ...reshapeOps,
  ...resizeOps,
  ...selectionOps,
  ...sequenceOps,
  ...shapeArithmeticOps,
  ...signalOps,
  ...slicingOps,
  ...softmaxOps,
  ...textOps,
];

const byName = new Map(ops.map((op) => [`${op.domain}:${op.type}`, op]));

/** What pare knows about a node's operator; undefined for operators it carries untouched. */
export function opOf(node: Node): Op | undefined {
  return byName.get(`${node.domain}:${node.opType}`);
}
