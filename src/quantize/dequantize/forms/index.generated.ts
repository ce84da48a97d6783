// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Form } from '../form.ts';
import { atRest } from './at-rest.ts';
import { coding } from './coding.ts';
import { dynamicProduct } from './dynamic-product.ts';
import { dynamicQuantizeLstm } from './dynamic-quantize-lstm.ts';
import { gatherBlockQuantized } from './gather-block-quantized.ts';
import { half } from './half.ts';
import { integerProduct } from './integer-product.ts';
import { matmulBnb4 } from './matmul-bnb4.ts';
import { matmulNbits } from './matmul-nbits.ts';
import { qattention } from './qattention.ts';
import { qlinearLayer } from './qlinear-layer.ts';
import { qlinearOperator } from './qlinear-operator.ts';

/** All forms quantized numbers come in. */
export const forms = {
  'at-rest': atRest,
  coding,
  'dynamic-product': dynamicProduct,
  'dynamic-quantize-lstm': dynamicQuantizeLstm,
  'gather-block-quantized': gatherBlockQuantized,
  half,
  'integer-product': integerProduct,
  'matmul-bnb4': matmulBnb4,
  'matmul-nbits': matmulNbits,
  qattention,
  'qlinear-layer': qlinearLayer,
  'qlinear-operator': qlinearOperator,
} as const satisfies Record<string, Form>;

export type FormName = keyof typeof forms;
