import { ortCpuKernels, ortCpuMovers } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const x64: Target = {
  name: 'x64',
  summary: 'ONNX Runtime on x86-64 without VNNI (16-bit sums of 8-bit products saturate: weights get 7 bits)',
  activations: 'uint8',
  weights: 'int8',
  reduceRange: true,
  granularity: 'channel',
  opset: 13,
  kernels: ortCpuKernels,
  movers: ortCpuMovers,
  quantizesFloatLayers: true,
};
