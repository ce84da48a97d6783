import { z } from 'zod';
import { coderOf } from '../coder-of.ts';
import { inverseFactor } from '../reconstruct/inverse-factor.ts';
import type { RoundingMethod } from '../rounding-method.ts';

const options = z.strictObject({
  order: z
    .enum(['importance', 'given'])
    .default('importance')
    .describe('which inputs come first: those of largest second moment, or as they stand'),
});

/**
 * Input by input, what rounding the weights of one makes wrong is made good by those that follow, as far as inputs depend on one
 * another: w_k −= (w_j − ŵ_j)·U_jk / U_jj with UᵀU = H⁻¹ (Frantar et al. 2023, "GPTQ", equations 2 and 3, Cholesky form).
 */
export const gptq: RoundingMethod<z.output<typeof options>> = {
  name: 'gptq',
  summary: 'errors of one input are made good by the weights of the next',
  options,
  round({ rows, depth, weights, moments, groupOf, grids }, { order }) {
    const places = orderOf(moments, depth, order === 'importance');
    const factor = inverseFactor(moments, depth, places);
    const coders = grids.map(coderOf);
    const codes = new Uint8Array(rows * depth);
    const left = new Float64Array(depth);
    for (let row = 0; row < rows; row++) {
      const start = row * depth;
      for (let i = 0; i < depth; i++) left[i] = weights[start + places[i]];
      for (let i = 0; i < depth; i++) {
        const at = start + places[i];
        const coder = coders[groupOf[at]];
        codes[at] = coder.code(left[i]);
        const error = (left[i] - coder.value(codes[at])) / factor[i * depth + i];
        for (let k = i + 1; k < depth; k++) left[k] -= error * factor[i * depth + k];
      }
    }
    return { codes, grids };
  },
};

function orderOf(moments: Float64Array, depth: number, byImportance: boolean): Uint32Array {
  const places = Uint32Array.from({ length: depth }, (_, i) => i);
  return byImportance ? places.sort((a, b) => moments[b * depth + b] - moments[a * depth + a]) : places;
}
