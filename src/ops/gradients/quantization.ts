import type { DataType } from '../../base/tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { normalizeAxis } from '../normalize-axis.ts';

/** Lowest and highest code of the types QuantizeLinear writes. */
const codes: Partial<Record<DataType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int4: [-8, 7],
  uint4: [0, 15],
};

/**
 * Straight through (Bengio et al. 2013): rounding counts as the identity, saturation stops the gradient. Codes are floats
 * in this reckoning: dL/dx = dL/dq / scale inside the range, so that with the scale of DequantizeLinear it passes unchanged.
 */
const quantizeLinear: GradientRule = (context) => {
  const { write, node } = context;
  const zero = node.inputs[2]?.type;
  const [low, high] = codes[zero?.kind === 'tensor' ? zero.dtype : 'uint8'] ?? [0, 255];
  const scale = alongAxis(context, 1);
  const ratio = write.op('Div', [context.input(0), scale]);
  const code = node.inputs[2] ? write.op('Add', [ratio, write.cast(alongAxis(context, 2), 'float')]) : ratio;
  const isInside = write.op('And', [
    write.op('GreaterOrEqual', [code, write.scalar(low)]),
    write.op('LessOrEqual', [code, write.scalar(high)]),
  ]);
  const dy = write.op('Mul', [context.gradient(0)!, write.cast(isInside, 'float')]);
  return [write.op('Div', [dy, scale])];
};

/** dL/dq = dL/dx · scale, handed to QuantizeLinear as if codes were floats. */
const dequantizeLinear: GradientRule = (context) => [
  context.write.op('Mul', [context.gradient(0)!, alongAxis(context, 1)]),
];

/** A scale or zero point in a shape that broadcasts over input 0. */
function alongAxis(context: GradientContext, index: number): Value {
  const shape = context.inputShape(index);
  if (shape.length !== 1 || shape[0] === 1) return context.input(index);
  const rank = context.inputShape(0).length;
  const axis = normalizeAxis(context.node.int('axis') ?? 1, rank);
  return context.write.reshape(
    context.input(index),
    Array.from({ length: rank }, (_, i) => (i === axis ? shape[0] : 1)),
  );
}

export const quantizationGradients: GradientRules = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
};
