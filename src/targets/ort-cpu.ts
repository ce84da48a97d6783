import type { KernelFacts } from './target.ts';

/** Operators ONNX Runtime's CPU provider fuses with the Q/DQ around them (research/quantization.md §2.1). */
export const ortCpuKernels: Readonly<Record<string, KernelFacts>> = {
  Conv: { floatOutput: false, inputChannelMultiple: 4 },
  Gemm: { floatOutput: true, needsWeightZeroPoint: true },
  MatMul: { floatOutput: true, needsWeightZeroPoint: true },
  Add: { floatOutput: false },
  Mul: { floatOutput: false },
  AveragePool: { floatOutput: false },
  GlobalAveragePool: { floatOutput: false },
  LeakyRelu: { floatOutput: false },
  Sigmoid: { floatOutput: false },
  Concat: { floatOutput: false },
};

export const ortCpuMovers: readonly string[] = [
  'Flatten',
  'MaxPool',
  'Pad',
  'Reshape',
  'Slice',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
];
