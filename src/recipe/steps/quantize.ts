import { type QuantizeOptions, quantizeOptions } from '../../quantize/options.ts';
import { quantize as quantizeModel } from '../../quantize/quantize.ts';
import type { Step } from '../step.ts';

export const quantize: Step<QuantizeOptions> = {
  name: 'quantize',
  summary: 'int8 quantization after training',
  options: quantizeOptions,
  run: quantizeModel,
};
