import { z } from 'zod';
import type { Loss } from '../loss.ts';
import { meanOverSamples } from '../mean-over-samples.ts';

/** 1 − cos of the angle between prediction and target, each sample taken as one vector. */
export const cosine: Loss = {
  name: 'cosine',
  summary: 'one minus the cosine between prediction and target',
  target: 'values',
  options: z.strictObject({}),
  build(inputs) {
    const { write, prediction, target, shape } = inputs;
    const rows = (value: typeof prediction) => write.reshape(value, [shape[0], -1]);
    const [y, t] = [rows(prediction), rows(target)];
    const norm = (value: typeof prediction) =>
      write.op('Max', [write.op('ReduceL2', [value, write.ints([1])], { keepdims: 0 }), write.scalar(1e-12)]);
    const dot = write.sum(write.op('Mul', [y, t]), [1], false);
    const ratio = write.op('Div', [dot, write.op('Mul', [norm(y), norm(t)])]);
    return meanOverSamples(inputs, write.op('Sub', [write.scalar(1), ratio]), [shape[0]]);
  },
};
