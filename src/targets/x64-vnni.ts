import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const x64Vnni: Target = {
  ...ortCpu,
  name: 'x64-vnni',
  summary: 'ONNX Runtime on x86-64 with VNNI (8-bit dot products that do not saturate)',
  activations: 'uint8',
  reduceRange: false,
  kernels: {
    ...ortCpu.kernels,
    // Measured on AVX-512 VNNI (docs/decisions/003): other input widths take a path through im2col.
    Conv: { floatOutput: false, inputChannelMultiple: 4, minOutputChannels: 16 },
    // Alone, uint8 × int8 takes 0.44 of the float time, uint8 × uint8 0.8 (12 heads of 128 × 64 by 64 × 128).
    MatMul: { ...ortCpu.kernels.MatMul, dataProducts: { rightFormat: 'int8', minDepth: 64 } },
  },
};
