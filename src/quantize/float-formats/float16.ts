import { FLOAT16_MAX, fromFloat16, toFloat16 } from '../../tensor/float16.ts';
import type { FloatFormat } from '../float-format.ts';

export const float16: FloatFormat = {
  name: 'float16',
  summary: 'half precision: 11 bits of precision, up to 65,504',
  dtype: 'float16',
  opset: 7,
  max: FLOAT16_MAX,
  encode: toFloat16,
  decode: fromFloat16,
};
