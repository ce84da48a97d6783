/** One axis of one input or output of a node; axes count from the front. */
export interface AxisPlace {
  readonly side: 'input' | 'output';
  readonly index: number;
  readonly axis: number;
}

/**
 * One way in which axes of a node's inputs meet axes of its outputs, told as index by index:
 * - `same`: index i of each place is the same thing; whoever removes it in one removes it in all. A place of length 1
 *   beside longer ones is broadcast and takes no part.
 * - `reduced`: index i of the places meets index i of the others and is then gone from the outputs. `isSum`: an index
 *   that holds zeros may be taken out without any change (contractions, ReduceSum); not so for means and maxima.
 * - `mixed`: every index (or a window of them) acts on every other: Softmax, normalization statistics, sorting,
 *   convolution along its spatial axes. Positions have a meaning, so none can be removed alone.
 * - `concatenated`: inputs `parts` lie in order in the output axis `whole`, each at the sum of the lengths before it.
 * - `split`: the same the other way round: the input axis `whole` falls apart into output axes.
 * - `picked`: index i of `to` is index `list[i]`, or `start + i · step`, of `from`; an index outside is filled in (Pad).
 * - `repeated`: `whole` holds `part` `count` times: index i of the part is i + k · length (`blocks`: LSTM gates, Tile)
 *   or i · count + k (`runs`: depth multipliers, pixel shuffle).
 * - `grouped`: each axis is `groups` equal blocks; block g of one meets block g of the others and mixes there.
 * - `factored`: the axes `from`, read in row-major order, are the axes `to` read in that order (Reshape, Flatten).
 * - `new`: an output axis that comes from no input.
 * Axes that no link names are fixed: nothing is known of them, so nothing may be removed there.
 */
export type AxisLink =
  | { readonly kind: 'same'; readonly places: readonly AxisPlace[] }
  | { readonly kind: 'reduced'; readonly places: readonly AxisPlace[]; readonly isSum: boolean }
  | { readonly kind: 'mixed'; readonly places: readonly AxisPlace[] }
  | { readonly kind: 'concatenated'; readonly parts: readonly AxisPlace[]; readonly whole: AxisPlace }
  | { readonly kind: 'split'; readonly whole: AxisPlace; readonly parts: readonly AxisPlace[] }
  | { readonly kind: 'picked'; readonly from: AxisPlace; readonly to: AxisPlace; readonly indices: Picked }
  | {
      readonly kind: 'repeated';
      readonly part: AxisPlace;
      readonly whole: AxisPlace;
      readonly count: number;
      readonly order: 'blocks' | 'runs';
    }
  | { readonly kind: 'grouped'; readonly places: readonly AxisPlace[]; readonly groups: number }
  | { readonly kind: 'factored'; readonly from: readonly AxisPlace[]; readonly to: readonly AxisPlace[] }
  | { readonly kind: 'new'; readonly place: AxisPlace };

export type Picked = { readonly list: readonly number[] } | { readonly start: number; readonly step: number };

/** All links of one node. From it come pruning couplings, channel axes, cross-layer scaling and layout checks. */
export type AxisMap = readonly AxisLink[];

export function inputAxis(index: number, axis: number): AxisPlace {
  return { side: 'input', index, axis };
}

export function outputAxis(index: number, axis: number): AxisPlace {
  return { side: 'output', index, axis };
}
