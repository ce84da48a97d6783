import type { LevelFormat } from '../level-format.ts';

/** −2^(bits−1) .. 2^(bits−1) − 1. Few codes want scales of their own for small blocks. */
export function signedIntegers(bits: number): LevelFormat {
  const lowest = -(2 ** (bits - 1));
  return {
    name: `int${bits}`,
    bits,
    levels: Array.from({ length: 2 ** bits }, (_, i) => lowest + i),
    scales: 'float32',
    ...(bits < FINE && { block: 32 }),
  };
}

/** Bits from which on a scale a channel is enough. */
export const FINE = 5;
