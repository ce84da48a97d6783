import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

const options = z.strictObject({
  /** Where the square becomes a line. */
  delta: z.number().positive().default(1),
});

/** mean of ½·d² where |d| ≤ δ, else δ·(|d| − ½·δ) (Huber 1964): with c = min(|d|, δ) it is c·(|d| − ½·c). */
export const huber: Loss<z.output<typeof options>> = {
  name: 'huber',
  summary: 'squared error of small, absolute error of large differences',
  target: 'values',
  options,
  build(inputs, { delta }) {
    const { write, prediction, target, shape } = inputs;
    const distance = write.op('Abs', [write.op('Sub', [prediction, target])]);
    const cut = write.op('Min', [distance, write.scalar(delta)]);
    const rest = write.op('Sub', [distance, write.op('Mul', [cut, write.scalar(0.5)])]);
    return meanOverSamples(inputs, write.op('Mul', [cut, rest]), shape);
  },
};
