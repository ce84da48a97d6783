import type { Value } from '../onnx/ir/value.ts';
import type { UpdateInputs } from './optimizer.ts';

/** g + λ·p: the gradient of an L2 penalty added to that of the loss. */
export function decayed({ write, parameters, decays }: UpdateInputs, gradient: Value, decay: number): Value {
  if (decay === 0) return gradient;
  const pull = write.op('Mul', [parameters, write.scalar(decay)]);
  return write.op('Add', [gradient, decays ? write.op('Mul', [pull, decays]) : pull]);
}

/** p − η·(direction + λ·p), λ the decoupled decay. */
export function moved(inputs: UpdateInputs, direction: Value, decay: number): Value {
  const { write, parameters, rate, rates } = inputs;
  const step = write.op('Mul', [decayed(inputs, direction, decay), rate]);
  return write.op('Sub', [parameters, rates ? write.op('Mul', [step, rates]) : step]);
}

/** β·old + (1 − β)·value */
export function average({ write }: UpdateInputs, old: Value, value: Value, beta: number): Value {
  const kept = write.op('Mul', [old, write.scalar(beta)]);
  return write.op('Add', [kept, write.op('Mul', [value, write.scalar(1 - beta)])]);
}

/** An average that began at 0, divided by 1 − βᵗ to make up for it. */
export function unbiased({ write, step }: UpdateInputs, value: Value, beta: number): Value {
  const weight = write.op('Sub', [write.scalar(1), write.op('Pow', [write.scalar(beta), step])]);
  return write.op('Div', [value, weight]);
}
