import { foldBehindLayer } from './fold-behind-layer.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/** Layer → BatchNormalization becomes the layer with other weights. */
export const foldBatchNormalization: Pass = nodePass({
  name: 'fold-batch-normalization',
  summary: 'folds batch normalization into the layer before it',
  opTypes: ['BatchNormalization'],
  rewrite: foldBehindLayer,
});
