import type { InferenceContext, Op } from './op.ts';

function inferDequantize({ type }: InferenceContext) {
  const data = type(0);
  const scale = type(1);
  return data ? [{ ...data, dtype: scale?.dtype ?? ('float' as const) }] : [];
}

function inferQuantize({ type }: InferenceContext) {
  const data = type(0);
  const zeroPoint = type(2);
  return data ? [{ ...data, dtype: zeroPoint?.dtype ?? ('uint8' as const) }] : [];
}

export const quantizationOps: readonly Op[] = [
  { type: 'QuantizeLinear', domain: '', infer: inferQuantize },
  { type: 'DequantizeLinear', domain: '', infer: inferDequantize },
];
