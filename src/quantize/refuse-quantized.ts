import type { Model } from '../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import { nodeName } from '../passes/node-name.ts';
import { alreadyQuantized, halfPrecision } from './errors.ts';

const HALF = ['float16', 'bfloat16'];

/**
 * Integer operators and Q/DQ in the input mean that the work was done before, by someone's rules unknown here; layers of
 * 16-bit floats have no integer kernels beside them. Throws `already-quantized` or `half-precision`.
 */
export function refuseQuantized({ graph }: Model): void {
  for (const inner of subgraphDepthFirst(graph)) {
    for (const node of inner.nodes) {
      const op = opOf(node);
      if (op?.isQuantized) throw alreadyQuantized(nodeName(node), node.opType);
      const weight = op?.role?.kind === 'weighted' ? node.inputs[op.role.weight]?.initializer : undefined;
      if (weight && HALF.includes(weight.dtype)) throw halfPrecision(nodeName(node), weight.dtype);
    }
  }
}
