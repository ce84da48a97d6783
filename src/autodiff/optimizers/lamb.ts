import { z } from 'zod';
import type { Value } from '../../onnx/ir/value.ts';
import { adamDirection } from '../adam-direction.ts';
import type { Optimizer, UpdateInputs } from '../optimizer.ts';
import { decayed, moved } from '../update.ts';

const options = z.strictObject({
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.999),
  epsilon: z.number().positive().default(1e-6),
  weightDecay: z.number().min(0).default(0.01),
});

/** Adam's direction with decay, each tensor's scaled to ‖p‖ / ‖direction‖ (You et al. 2020, algorithm 2). */
export const lamb: Optimizer<z.output<typeof options>> = {
  name: 'lamb',
  summary: 'AdamW with a step for each tensor as long as its weights, for large batches',
  options,
  commonRate: 2e-3,
  state: () => ['mean', 'square'],
  build(inputs, given) {
    const { direction, state } = adamDirection(inputs, inputs.gradient, given);
    const wanted = decayed(inputs, direction, given.weightDecay);
    return { parameters: moved(inputs, trusted(inputs, wanted), 0), state };
  },
};

function trusted({ write, parameters, lengths }: UpdateInputs, direction: Value): Value {
  const parts = (value: Value) =>
    write.ops('Split', [value, write.ints(lengths)], lengths.length, { axis: 0 });
  const weights = parts(parameters);
  const norm = (value: Value) => write.op('ReduceL2', [value], { keepdims: 0 });
  const scaled = parts(direction).map((part, i) => {
    const [weight, length] = [norm(weights[i]), norm(part)];
    const ratio = write.op('Div', [weight, write.op('Max', [length, write.scalar(1e-12)])]);
    // Where either is 0 the step stays as it is.
    const isUsual = write.op('Greater', [write.op('Mul', [weight, length]), write.scalar(0)]);
    return write.op('Mul', [part, write.op('Where', [isUsual, ratio, write.scalar(1)])]);
  });
  return write.op('Concat', scaled, { axis: 0 });
}
