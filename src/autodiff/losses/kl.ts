import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

const options = z.strictObject({
  /** Both sides' logits are divided by it; the loss is multiplied by its square (Hinton et al. 2015, §2). */
  temperature: z.number().positive().default(1),
});

/** T²·Σ p·(log p − log q), p the target's and q the prediction's softmax at temperature T, over axis 1. */
export const kl: Loss<z.output<typeof options>> = {
  name: 'kl',
  summary: "divergence of the prediction's from the target's class distribution, both given as logits",
  target: 'values',
  takesLogits: true,
  options,
  build(inputs, { temperature }) {
    const { write, prediction, target, shape } = inputs;
    const logs = (value: typeof prediction) =>
      write.op('LogSoftmax', [write.op('Mul', [value, write.scalar(1 / temperature)])], { axis: 1 });
    const [q, p] = [logs(prediction), logs(target)];
    const each = write.op('Mul', [write.op('Exp', [p]), write.op('Sub', [p, q])]);
    const scaled = write.op('Mul', [write.sum(each, [1], false), write.scalar(temperature * temperature)]);
    return meanOverSamples(inputs, scaled, [shape[0], ...shape.slice(2)]);
  },
};
