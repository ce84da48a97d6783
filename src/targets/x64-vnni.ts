import { ortCpuKernels, ortCpuMovers } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const x64Vnni: Target = {
  name: 'x64-vnni',
  summary: 'ONNX Runtime on x86-64 with VNNI (8-bit dot products that do not saturate)',
  activations: 'uint8',
  weights: 'int8',
  reduceRange: false,
  granularity: 'channel',
  opset: 13,
  kernels: ortCpuKernels,
  movers: ortCpuMovers,
  quantizesFloatLayers: true,
};
