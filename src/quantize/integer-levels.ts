import type { Format } from './format.ts';
import type { LevelFormat } from './level-format.ts';

/** A format of integers as levels: code i stands for the i-th integer. Of 8 bits −128 is left out, as static quantization does. */
export function integerLevels({ name, codes, block }: Format, bits: number): LevelFormat {
  const { min, max } = codes.full.min < 0 ? codes.symmetric : codes.full;
  return {
    name,
    bits,
    levels: Array.from({ length: max - min + 1 }, (_, i) => min + i),
    hasZeroPoint: codes.full.min === 0,
    scales: 'float32',
    ...(block !== undefined && { block }),
  };
}
