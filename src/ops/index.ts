import type { Node } from '../onnx/ir/node.ts';
import { activationOps } from './activation.ts';
import { convolutionOps } from './convolution.ts';
import { elementwiseOps } from './elementwise.ts';
import { matrixProductOps } from './matrix-product.ts';
import { movementOps } from './movement.ts';
import { normalizationOps } from './normalization.ts';
import type { Op } from './op.ts';
import { poolingOps } from './pooling.ts';
import { quantizationOps } from './quantization.ts';
import { reductionOps } from './reduction.ts';
import { shapeArithmeticOps } from './shape-arithmetic.ts';

/** All operators pare knows about. */
export const ops: readonly Op[] = [
  ...activationOps,
  ...convolutionOps,
  ...elementwiseOps,
  ...matrixProductOps,
  ...movementOps,
  ...normalizationOps,
  ...poolingOps,
  ...quantizationOps,
  ...reductionOps,
  ...shapeArithmeticOps,
];

const byName = new Map(ops.map((op) => [`${op.domain}:${op.type}`, op]));

/** What pare knows about a node's operator; undefined for operators it carries untouched. */
export function opOf(node: Node): Op | undefined {
  return byName.get(`${node.domain}:${node.opType}`);
}
