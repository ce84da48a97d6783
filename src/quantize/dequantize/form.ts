import type { Model } from '../../onnx/ir/model.ts';
import type { Dequantizer } from './dequantizer.ts';

/**
 * One way in which numbers are stored or computed with fewer bits.
 * - `lower`: brings operators on codes to DequantizeLinear, the float operator, QuantizeLinear.
 * - `decode`: replaces what decodes by what it decodes to.
 * - `fold`: replaces operators on constants by their result.
 * - `widen`: turns other number formats into float32.
 */
export interface Form {
  readonly name: string;
  /** One line for docs. */
  readonly summary: string;
  readonly stage: 'lower' | 'decode' | 'fold' | 'widen';
  /** Operators it understands: `domain:type`, the standard domain being ''. */
  readonly operators: readonly string[];
  /** Rewrites all places of this form, also in bodies; returns how many. Throws `cannot-dequantize`. */
  rewrite(model: Model, dequantizer: Dequantizer): Promise<number>;
}
