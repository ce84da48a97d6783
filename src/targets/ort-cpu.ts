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
  // Where both ways are equally fast, on AVX-512 VNNI with one thread (bench/peers/break_even.py).
  dynamic: {
    Gemm: { minMacs: 2 ** 17 },
    MatMul: { minMacs: 2 ** 17, minRowsOfStack: 16 },
    LSTM: { minMacs: 2 ** 15 },
    Attention: { minMacs: 2 ** 17 },
  },
  movers: ['Flatten', 'MaxPool', 'Pad', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze'],
  quantizesWeightsOf: ['Conv', 'ConvTranspose', 'Gemm'],
  // 256 levels are few for what is mostly near 0.
  fusesBesides: ['Softmax'],
} as const satisfies Partial<Target>;
