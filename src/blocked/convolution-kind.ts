import type { ConvolutionFacts } from '../ops/gradients/convolution-facts.ts';
import { WeightLayout } from './weight-layouts.ts';

/**
 * - `dense`: from blocks to blocks.
 * - `raw`: from a plain map of fewer channels than a block holds.
 * - `depthwise`: a filter a channel.
 */
export type ConvolutionKind = 'dense' | 'raw' | 'depthwise';

/** Which kernel serves a convolution of planes; undefined where none does (other ranks, groups of several channels). */
export function convolutionKind(
  { window, groups, inputs, outputs }: ConvolutionFacts,
  isBlocked: boolean,
  block: number,
): ConvolutionKind | undefined {
  if (window.kernel.length !== 2) return undefined;
  if (groups === 1) return !isBlocked && inputs < block ? 'raw' : 'dense';
  return groups === inputs && groups === outputs ? 'depthwise' : undefined;
}

/** Of the weights. */
export function weightLayoutOf(
  kind: ConvolutionKind,
  { window, inputs, outputs }: ConvolutionFacts,
  block: number,
): WeightLayout {
  const facts = { outputs, kernel: window.kernel, block };
  if (kind === 'dense') return WeightLayout.dense({ ...facts, inputs });
  return WeightLayout.ofOutputs({ ...facts, inputs: kind === 'raw' ? inputs : 1 });
}
