import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { convolutionInputGradient } from './convolution-input-gradient.ts';
import { windowOf } from './window.ts';

/** y = (Σ |x|ᵖ)^(1/p), so dx = sign(x) · |x|^(p−1) · (dy · y^(1−p)) spread over the window. */
function slopes(context: GradientContext, spread: (share: Value) => Value): Value {
  const { node, write } = context;
  const p = node.int('p') ?? 2;
  const x = context.input(0);
  const safe = write.op('Max', [node.output, write.scalar(1e-30)]);
  const power = (value: Value, exponent: number) =>
    exponent === 1 ? value : write.op('Pow', [value, write.scalar(exponent)]);
  const share = spread(write.op('Div', [context.gradient(0)!, power(safe, p - 1)]));
  if (p === 2) return write.op('Mul', [x, share]);
  const signed = write.op('Mul', [write.op('Sign', [x]), power(write.op('Abs', [x]), p - 1)]);
  return write.op('Mul', [signed, share]);
}

const lpPool: GradientRule = (context) => {
  const { write } = context;
  const [shape, result] = [context.inputShape(0), context.outputShape(0)];
  const window = windowOf(context, shape.slice(2), result.slice(2));
  const maps = shape[0] * shape[1];
  const ones = new Float32Array(elementCount(window.kernel)).fill(1);
  const weight = write.constant({ dtype: 'float', shape: [1, 1, ...window.kernel], data: ones });
  const spread = (share: Value): Value => {
    const dy = write.reshape(share, [maps, 1, ...window.narrow]);
    const counts = { batch: maps, inputs: 1, outputs: 1, groups: 1 };
    return write.reshape(convolutionInputGradient(write, { dy, weight, window, ...counts }), shape);
  };
  return [slopes(context, spread)];
};

const globalLpPool: GradientRule = (context) => [slopes(context, (share) => share)];

export const lpPoolingGradients: GradientRules = { LpPool: lpPool, GlobalLpPool: globalLpPool };
