import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

/**
 * ONNX Runtime Web on a GPU: it has no QuantizeLinear, no QLinear…, MatMulInteger or ConvInteger there, and its Q/DQ fusion
 * is not registered for it (research/quantization.md §2.1). Only weights can be fewer bits.
 */
export const webgpu: Target = {
  ...ortCpu,
  name: 'webgpu',
  summary: 'ONNX Runtime Web on a GPU: weights only, activations gain nothing there',
  activations: 'uint8',
  integerFormats: [],
  reduceRange: false,
  kernels: {},
  dynamic: {},
  movers: {},
  quantizesWeightsOf: [],
  fusesBesides: [],
  // It has MatMulNBits and GatherBlockQuantized; from which depth on they pay was not measured.
  blockKernels: { ...ortCpu.blockKernels, accuracyLevel: 0 },
};
