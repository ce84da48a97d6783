import { type QuantizeOptions, quantizeOptions } from '../../quantize/options.ts';
import { quantize as quantizeModel, settle } from '../../quantize/quantize.ts';
import type { Step } from '../step.ts';

export const quantize: Step<QuantizeOptions> = {
  name: 'quantize',
  summary: 'quantization after training',
  options: quantizeOptions,
  variant(options) {
    const { mode, settled } = settle(options);
    const { weights, activations } = settled;
    return { weights, activations, computesInFloat: mode.computesInFloat ?? false };
  },
  run: quantizeModel,
};
