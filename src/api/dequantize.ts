import type { Runner } from '../base/runner.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { type DequantizeResult, dequantize as dequantizeInPlace } from '../quantize/dequantize/dequantize.ts';
import { type DequantizeOptions, dequantizeOptions } from '../quantize/dequantize/options.ts';
import { defaultRunner } from './default-runner.ts';

/** What to make of a quantized model, and on which engine. */
export interface DequantizeRequest extends Partial<DequantizeOptions> {
  /** Default: onnxruntime-node. It decodes weights that ordinary operators hold. */
  runner?: Runner;
}

/**
 * Turns a copy of a quantized or half-precision model into float32 operators; the given model stays as it is, but must
 * stay open while the result is used, for they share weights. Options as on the command line (`pare dequantize --help`).
 */
export async function dequantize(model: Model, request: DequantizeRequest = {}): Promise<DequantizeResult> {
  const { runner, ...options } = request;
  return dequantizeInPlace(cloneModel(model), dequantizeOptions.parse(options), await defaultRunner(runner));
}
