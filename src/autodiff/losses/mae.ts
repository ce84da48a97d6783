import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

/** mean |y − t| */
export const mae: Loss = {
  name: 'mae',
  summary: 'mean absolute error',
  target: 'values',
  options: z.strictObject({}),
  build(inputs) {
    const { write, prediction, target, shape } = inputs;
    return meanOverSamples(inputs, write.op('Abs', [write.op('Sub', [prediction, target])]), shape);
  },
};
