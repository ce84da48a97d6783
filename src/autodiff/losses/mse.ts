import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

/** mean (y − t)² */
export const mse: Loss = {
  name: 'mse',
  summary: 'mean squared error',
  target: 'values',
  options: z.strictObject({}),
  build(inputs) {
    const { write, prediction, target, shape } = inputs;
    const difference = write.op('Sub', [prediction, target]);
    return meanOverSamples(inputs, write.op('Mul', [difference, difference]), shape);
  },
};
