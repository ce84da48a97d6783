import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';

/** Smallest number whose neighbours are told apart; between it and 0 numbers are denormal. */
const SMALLEST = 2 ** -126;
const LARGEST_POWER = 126;

/**
 * 1 where x > bound (side 1) or x < bound (side −1), else 0, as one steep HardSigmoid: a pass that costs half of comparing
 * and casting (research/training.md §3). The slope is a power of two, so that slope·(x − bound) is rounded only where it is
 * far beyond 1, and so steep that the float32 next to the bound already gives 1. Of numbers closer to 0 than 2⁻¹²⁶ a bound
 * of 0 sees a part only.
 */
export function step(write: GraphWriter, x: Value, bound: number, side: 1 | -1): Value {
  const slope = side * slopeFor(bound);
  return write.op('HardSigmoid', [x], {
    alpha: { type: 'FLOAT', value: slope },
    beta: { type: 'FLOAT', value: -slope * Math.fround(bound) },
  });
}

/** The smallest power of two that makes 1 of the distance between the float32 next to a bound and the bound. */
export function slopeFor(bound: number): number {
  // Half the distance of float32 numbers around the bound, which is the distance below a power of two.
  const gap = Math.max(Math.abs(Math.fround(bound)) * 2 ** -24, SMALLEST);
  return 2 ** Math.min(Math.ceil(-Math.log2(gap)), LARGEST_POWER);
}
