import type { Model } from '../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import { nodeName } from '../passes/node-name.ts';
import { codedLeaves, storedAtRest } from './dequantize/constant-chain.ts';
import { alreadyQuantized, halfPrecision } from './errors.ts';

const HALF = ['float16', 'bfloat16'];

/**
 * Integer operators, Q/DQ and weights stored as codes mean that the work was done before, by rules unknown here: done twice
 * it loses twice. Float weights stored in 16 bits behind a Cast have lost nothing yet. Layers of 16-bit floats have no integer kernels beside them. Throws `already-quantized` or `half-precision`.
 */
export function refuseQuantized({ graph }: Model): void {
  for (const inner of subgraphDepthFirst(graph)) {
    for (const node of inner.nodes) {
      const op = opOf(node);
      if (op?.isQuantized) throw alreadyQuantized(nodeName(node), node.opType);
      for (const { input } of op?.weights?.(node) ?? []) {
        const value = node.inputs[input];
        if (value && codedLeaves(value).some(({ dtype }) => !HALF.includes(dtype)))
          throw alreadyQuantized(nodeName(node), `${storedAtRest(value)}, in`);
      }
      const weight = op?.role?.kind === 'weighted' ? node.inputs[op.role.weight]?.initializer : undefined;
      if (weight && HALF.includes(weight.dtype)) throw halfPrecision(nodeName(node), weight.dtype);
    }
  }
}
