import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { unsignedIntegers } from '../level-sets/unsigned-integers.ts';

const options = z.strictObject({});

export const uint6: LevelFormatRecord<z.output<typeof options>> = {
  name: 'uint6',
  summary: 'unsigned 6-bit integers with a zero point',
  options,
  make: () => unsignedIntegers(6),
};
