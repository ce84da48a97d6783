import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

/** −Σ t·log softmax(z), t a probability for each class (axis 1). */
export const softCrossEntropy: Loss = {
  name: 'soft-cross-entropy',
  summary: 'of class scores (logits) and a probability wanted of each class',
  target: 'values',
  takesLogits: true,
  options: z.strictObject({}),
  build(inputs) {
    const { write, prediction, target, shape } = inputs;
    const logs = write.op('LogSoftmax', [prediction], { axis: 1 });
    const each = write.op('Neg', [write.sum(write.op('Mul', [target, logs]), [1], false)]);
    return meanOverSamples(inputs, each, [shape[0], ...shape.slice(2)]);
  },
};
