import type { Node } from '../onnx/ir/node.ts';
import type { Target } from './target.ts';

/**
 * What ONNX Runtime's CPU provider fuses with the Q/DQ around it, on any processor (research/quantization.md §2.1), and
 * which of its operators take codes (each tried on version 1.30).
 */
export const ortCpu = {
  weights: 'int8',
  integerFormats: ['uint8', 'int8'],
  granularity: 'channel',
  opset: 13,
  kernels: {
    Conv: { floatOutput: false },
    Gemm: { floatOutput: true, needsWeightZeroPoint: true },
    // By channel, stacks of matrices are refused when the model is run.
    MatMul: { floatOutput: true, needsWeightZeroPoint: true, maxRankByChannel: 2 },
    Add: { floatOutput: false },
    Mul: { floatOutput: false },
    AveragePool: { floatOutput: false },
    GlobalAveragePool: { floatOutput: false },
    LeakyRelu: { floatOutput: false },
    Sigmoid: { floatOutput: false },
    Concat: { floatOutput: false },
    Where: { floatOutput: false },
  },
  movers: {
    DepthToSpace: { isWide: false },
    Expand: { isWide: true },
    Flatten: { isWide: true },
    Gather: { isWide: true },
    GatherND: { isWide: true },
    MaxPool: { isWide: false },
    Pad: { isWide: false },
    ReduceMax: { isWide: false },
    ReduceMin: { isWide: false },
    Reshape: { isWide: true },
    Resize: { isWide: false, loses: losesUnlessRepeating },
    Slice: { isWide: true },
    SpaceToDepth: { isWide: false },
    Split: { isWide: true },
    Squeeze: { isWide: true },
    Tile: { isWide: true },
    Transpose: { isWide: true },
    Unsqueeze: { isWide: true },
  },
  // Where both ways are equally fast, on AVX-512 VNNI with one thread (bench/peers/break_even.py).
  dynamic: {
    Gemm: { minMacs: 2 ** 17 },
    MatMul: { minMacs: 2 ** 17, minRowsOfStack: 16 },
    LSTM: { minMacs: 2 ** 15 },
    Attention: { minMacs: 2 ** 17 },
  },
  quantizesWeightsOf: ['Conv', 'ConvTranspose', 'Gemm'],
  // 256 levels are few for what is mostly near 0, and QLinearSoftmax takes 6.6 times as long as the float one.
  fusesBesides: ['Softmax'],
  // Measured on AVX-512 VNNI (docs/decisions/006): at level 4, one row takes 0.3 to 0.8 of float's time, many rows 0.6 to 1.
  blockKernels: {
    bits: [4, 8],
    blocks: [16, 32, 64, 128, 256],
    accuracyLevel: 4,
    minDepth: { oneRow: 256, rows: 512 },
  },
} as const satisfies Partial<Target>;

/** Measured: 2.1 times as fast on codes where elements are repeated, 2.9 times as slow where coordinates are computed. */
function losesUnlessRepeating(node: Node): string | undefined {
  const isRepeating =
    node.string('coordinate_transformation_mode') === 'asymmetric' && node.string('nearest_mode') === 'floor';
  return isRepeating ? undefined : 'it is faster in float with these coordinates';
}
