import { opOf } from '../ops/index.ts';
import { isProductOfData } from './data-inputs.ts';
import { floatConstant } from './float-constant.ts';
import type { Plan } from './plan.ts';

/** Throws `non-finite-weight`, before its NaN or infinity shows as an activation's. */
export async function refuseNonFiniteWeights({ nodes }: Plan): Promise<void> {
  for (const [node, { state }] of nodes) {
    if (state !== 'quantized' || opOf(node)?.role?.kind !== 'weighted' || isProductOfData(node)) continue;
    for (const constant of node.inputs.slice(1)) if (constant) await floatConstant(constant);
  }
}
