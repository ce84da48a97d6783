import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

const options = z.strictObject({
  /** Whether the prediction is a logit or, as behind a Sigmoid, a probability. */
  from: z.enum(['logits', 'probabilities']).default('logits'),
});

/** −t·log p − (1 − t)·log(1 − p); of logits softplus(z) − t·z, which overflows nowhere. */
export const bce: Loss<z.output<typeof options>> = {
  name: 'bce',
  summary: 'binary cross-entropy of logits or probabilities',
  target: 'values',
  options,
  build(inputs, { from }) {
    const { write, prediction, target, shape } = inputs;
    if (from === 'logits') {
      const own = write.op('Mul', [target, prediction]);
      return meanOverSamples(inputs, write.op('Sub', [write.op('Softplus', [prediction]), own]), shape);
    }
    const log = (value: typeof prediction) => write.op('Log', [write.op('Max', [value, write.scalar(1e-7)])]);
    const yes = write.op('Mul', [target, log(prediction)]);
    const complement = (value: typeof prediction) => write.op('Sub', [write.scalar(1), value]);
    const no = write.op('Mul', [complement(target), log(complement(prediction))]);
    return meanOverSamples(inputs, write.op('Neg', [write.op('Add', [yes, no])]), shape);
  },
};
