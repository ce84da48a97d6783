import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

export const arm64: Target = {
  ...ortCpu,
  name: 'arm64',
  summary: 'ONNX Runtime on 64-bit ARM (signed 8-bit dot products)',
  activations: 'int8',
  reduceRange: false,
};
