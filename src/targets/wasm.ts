import type { Node } from '../onnx/ir/node.ts';
import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

// MatMulNBits has no kernels of its own there: 1.4 ms beside 0.1 ms in float (one row by 768 × 768).
const { blockKernels: _, ...cpu } = ortCpu;

/**
 * ONNX Runtime Web without a GPU: the CPU provider compiled to WebAssembly with 128-bit SIMD, so it fuses what that does.
 * Its sums of products are 32-bit, so 8-bit weights are safe. Timings: research/quantization.md §2.2, §2.3 (version 1.30).
 */
export const wasm: Target = {
  ...cpu,
  name: 'wasm',
  summary: 'ONNX Runtime Web on WebAssembly with SIMD',
  // Conv 64 → 64, 3×3: 4.3 ms with uint8 activations, 6.3 ms with int8, 8.6 ms in float.
  activations: 'uint8',
  reduceRange: false,
  kernels: { ...ortCpu.kernels, Conv: { floatOutput: false, loses: losesWhereGrouped } },
  // 2.3 ms beside 5.2 ms in float (128 rows by 768 × 768); LSTM and Attention were not measured.
  dynamic: { Gemm: ortCpu.dynamic.Gemm, MatMul: ortCpu.dynamic.MatMul },
};

/** Depthwise: 2.3 ms in integers, 0.63 ms in float. */
function losesWhereGrouped(node: Node): string | undefined {
  return (node.int('group') ?? 1) > 1 ? 'grouped convolutions are slower in integers on wasm' : undefined;
}
