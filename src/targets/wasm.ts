import type { Node } from '../onnx/ir/node.ts';
import { ortCpu } from './ort-cpu.ts';
import type { Target } from './target.ts';

/**
 * ONNX Runtime Web without a GPU: the CPU provider compiled to WebAssembly with 128-bit SIMD, so it fuses what that does.
 * Its sums of products are 32-bit, so 8-bit weights are safe. Timings: research/quantization.md §2.2, §2.3 (version 1.30).
 */
export const wasm: Target = {
  ...ortCpu,
  name: 'wasm',
  summary: 'ONNX Runtime Web on WebAssembly with SIMD',
  // Conv 64 → 64, 3×3: 4.3 ms with uint8 activations, 6.3 ms with int8, 8.6 ms in float.
  activations: 'uint8',
  reduceRange: false,
  kernels: { ...ortCpu.kernels, Conv: { floatOutput: false, loses: losesWhereGrouped } },
};

/** Depthwise: 2.3 ms in integers, 0.63 ms in float. */
function losesWhereGrouped(node: Node): string | undefined {
  return (node.int('group') ?? 1) > 1 ? 'grouped convolutions are slower in integers on wasm' : undefined;
}
