import type { DataType } from '../base/tensor.ts';
import type { Node } from '../onnx/ir/node.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import type { InferenceContext, Op } from './op.ts';

/** Type asked for by attribute (QuantizeLinear since 21, DequantizeLinear since 23); 0 or absent: by the inputs. */
function outputType(node: Node): DataType | undefined {
  return dataTypeOfCode(node.int('output_dtype') ?? 0);
}

function inferDequantize({ node, type }: InferenceContext) {
  const data = type(0);
  const scale = type(1);
  return data ? [{ ...data, dtype: outputType(node) ?? scale?.dtype ?? ('float' as const) }] : [];
}

function inferQuantize({ node, type }: InferenceContext) {
  const data = type(0);
  const zeroPoint = type(2);
  return data ? [{ ...data, dtype: zeroPoint?.dtype ?? outputType(node) ?? ('uint8' as const) }] : [];
}

export const quantizationOps: readonly Op[] = [
  { type: 'QuantizeLinear', domain: '', infer: inferQuantize },
  { type: 'DequantizeLinear', domain: '', infer: inferDequantize },
];
