import { foldBehindLayer } from './fold-behind-layer.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/** Layer → Add, Sub, Mul or Div of one constant a channel becomes the layer with other weights; MatMul may become Gemm. */
export const foldArithmetic: Pass = nodePass({
  name: 'fold-arithmetic',
  summary: 'folds what is added to or multiplied with the outputs of a layer into its weights',
  opTypes: ['Add', 'Div', 'Mul', 'Sub'],
  rewrite: foldBehindLayer,
});
