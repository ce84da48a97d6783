import type { GradientContext } from '../gradient.ts';
import { spatialAttributes } from '../spatial.ts';

/** A sliding window over spatial axes, every length resolved; pads by begin and end. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  /** Spatial lengths on the wide side, which the window slides over. */
  readonly wide: readonly number[];
  /** Spatial lengths on the narrow side: the number of places of the window. */
  readonly narrow: readonly number[];
}

/**
 * The window of a node between a wide and a narrow tensor (Conv and pools: input and output; ConvTranspose: the reverse).
 * Pads at the end are what the lengths say, so that `auto_pad`, `ceil_mode` and `output_padding` are all covered: they may
 * be negative, where the window does not reach the end, or more than stated.
 */
export function windowOf(
  { node }: Pick<GradientContext, 'node'>,
  wide: readonly number[],
  narrow: readonly number[],
  kernelOfWeight?: readonly number[],
): Window {
  const rank = wide.length;
  const { kernel, strides, dilations, pads, autoPad } = spatialAttributes(node, rank, kernelOfWeight);
  const reach = narrow.map((n, i) => (n - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1);
  const total = reach.map((n, i) => n - wide[i]);
  const begins = total.map((n, i) => {
    if (autoPad === 'VALID') return 0;
    // What is missing for equal lengths: half on either side, the odd one at the end or the beginning.
    if (autoPad === 'SAME_UPPER') return Math.floor(Math.max(n, 0) / 2);
    if (autoPad === 'SAME_LOWER') return Math.ceil(Math.max(n, 0) / 2);
    return pads[i];
  });
  return { kernel, strides, dilations, begins, ends: total.map((n, i) => n - begins[i]), wide, narrow };
}
