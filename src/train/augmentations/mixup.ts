import { z } from 'zod';
import type { Augmentation } from '../augmentation.ts';
import { betaSample } from '../beta-sample.ts';

const options = z.strictObject({
  alpha: z
    .number()
    .positive()
    .default(0.2)
    .describe(
      'of the beta distribution shares are drawn from: near 0 samples stay almost pure, 1 gives any share',
    ),
});

/** λ·xᵢ + (1 − λ)·xⱼ, targets too, j of a permutation of the batch and λ of Beta(α, α) (Zhang et al. 2018). */
export const mixup: Augmentation<z.output<typeof options>> = {
  name: 'mixup',
  summary: 'each sample mixed with another, and their classes with them',
  takes: 'anything',
  mixes: true,
  options,
  apply({ data, blank, targets, count }, { alpha }, rngs) {
    if (count < 2) return;
    const shares = Array.from({ length: count }, (_, i) => betaSample(alpha, rngs[i]));
    const partners = rngs[0].shuffle(Uint32Array.from({ length: count }, (_, i) => i));
    mixRows(data, blank.length, shares, partners);
    if (targets) mixRows(targets, (targets.length * blank.length) / data.length, shares, partners);
  },
};

/** Works on a copy, for a partner may have been mixed already. */
function mixRows(rows: Float32Array, size: number, shares: readonly number[], partners: Uint32Array): void {
  const pure = rows.slice();
  for (const [i, share] of shares.entries()) {
    const own = i * size;
    const other = partners[i] * size;
    for (let k = 0; k < size; k++) rows[own + k] = share * pure[own + k] + (1 - share) * pure[other + k];
  }
}
