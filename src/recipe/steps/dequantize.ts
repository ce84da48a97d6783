import { dequantize as dequantizeModel } from '../../quantize/dequantize/dequantize.ts';
import { type DequantizeOptions, dequantizeOptions } from '../../quantize/dequantize/options.ts';
import type { Step } from '../step.ts';

export const dequantize: Step<DequantizeOptions> = {
  name: 'dequantize',
  summary: 'float32 from quantized and half-precision models',
  options: dequantizeOptions,
  async run(model, options, { runner }) {
    const { layers } = await dequantizeModel(model, options, runner);
    return { model, resolved: options, layers, warnings: [] };
  },
};
