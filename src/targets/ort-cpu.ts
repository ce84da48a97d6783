import type { Target } from './target.ts';

/** What ONNX Runtime's CPU provider fuses with the Q/DQ around it, on any processor (research/quantization.md §2.1). */
export const ortCpu = {
  weights: 'int8',
  granularity: 'channel',
  opset: 13,
  kernels: {
    Conv: { floatOutput: false },
    Gemm: { floatOutput: true, needsWeightZeroPoint: true },
    MatMul: { floatOutput: true, needsWeightZeroPoint: true },
    Add: { floatOutput: false },
    Mul: { floatOutput: false },
    AveragePool: { floatOutput: false },
    GlobalAveragePool: { floatOutput: false },
    LeakyRelu: { floatOutput: false },
    Sigmoid: { floatOutput: false },
    Concat: { floatOutput: false },
  },
  movers: ['Flatten', 'MaxPool', 'Pad', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze'],
  quantizesWeightsOf: ['Conv', 'ConvTranspose', 'Gemm'],
  // 256 levels are few for what is mostly near 0.
  fusesBesides: ['Softmax'],
  // Measured on AVX-512 VNNI (docs/decisions/006): at level 4, one row takes 0.3 to 0.8 of float's time, many rows 0.6 to 1.
  blockKernels: {
    bits: [4, 8],
    blocks: [16, 32, 64, 128, 256],
    accuracyLevel: 4,
    minDepth: { oneRow: 256, rows: 512 },
  },
} as const satisfies Partial<Target>;
