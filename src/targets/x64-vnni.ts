import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const x64Vnni: Target = {
  ...ortCpu,
  name: 'x64-vnni',
  summary: 'ONNX Runtime on x86-64 with VNNI (8-bit dot products that do not saturate)',
  activations: 'uint8',
  reduceRange: false,
  // Measured on AVX-512 VNNI (docs/decisions/003): other input widths take a path through im2col.
  kernels: {
    ...ortCpu.kernels,
    Conv: { floatOutput: false, inputChannelMultiple: 4, minOutputChannels: 16 },
  },
};
