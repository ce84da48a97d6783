import type { LevelFormat } from '../level-format.ts';
import { FINE } from './signed-integers.ts';

/** 0 .. 2^bits − 1, less a zero point. */
export function unsignedIntegers(bits: number): LevelFormat {
  return {
    name: `uint${bits}`,
    bits,
    levels: Array.from({ length: 2 ** bits }, (_, i) => i),
    hasZeroPoint: true,
    scales: 'float32',
    ...(bits < FINE && { block: 32 }),
  };
}
