import { ortCpuKernels, ortCpuMovers } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const arm64: Target = {
  name: 'arm64',
  summary: 'ONNX Runtime on 64-bit ARM (signed 8-bit dot products)',
  activations: 'int8',
  weights: 'int8',
  reduceRange: false,
  granularity: 'channel',
  opset: 13,
  kernels: ortCpuKernels,
  movers: ortCpuMovers,
  quantizesFloatLayers: true,
};
