import type { Value } from '../onnx/ir/value.ts';
import type { UpdateInputs } from './optimizer.ts';
import { average, unbiased } from './update.ts';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** m̂ / (√v̂ + ε) of running averages m of g and v of g² (Kingma & Ba 2015, algorithm 1), and the new averages. */
export function adamDirection(
  inputs: UpdateInputs,
  gradient: Value,
  { beta1, beta2, epsilon }: AdamOptions,
): { direction: Value; state: [Value, Value] } {
  const { write, state } = inputs;
  const m = average(inputs, state[0], gradient, beta1);
  const v = average(inputs, state[1], write.op('Mul', [gradient, gradient]), beta2);
  const root = write.op('Add', [write.op('Sqrt', [unbiased(inputs, v, beta2)]), write.scalar(epsilon)]);
  return { direction: write.op('Div', [unbiased(inputs, m, beta1), root]), state: [m, v] };
}
