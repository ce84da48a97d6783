import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const x64: Target = {
  ...ortCpu,
  name: 'x64',
  summary: 'ONNX Runtime on x86-64 without VNNI (16-bit sums of 8-bit products saturate: weights get 7 bits)',
  activations: 'uint8',
  reduceRange: true,
};
