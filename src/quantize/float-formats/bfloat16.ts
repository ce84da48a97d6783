import { BFLOAT16_MAX, fromBfloat16, toBfloat16 } from '../../tensor/bfloat16.ts';
import type { FloatFormat } from '../float-format.ts';

export const bfloat16: FloatFormat = {
  name: 'bfloat16',
  summary: 'brain floating point: 8 bits of precision, range of float32',
  dtype: 'bfloat16',
  opset: 13,
  max: BFLOAT16_MAX,
  encode: toBfloat16,
  decode: fromBfloat16,
};
