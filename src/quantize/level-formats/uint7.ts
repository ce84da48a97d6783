import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { unsignedIntegers } from '../level-sets/unsigned-integers.ts';

const options = z.strictObject({});

export const uint7: LevelFormatRecord<z.output<typeof options>> = {
  name: 'uint7',
  summary: 'unsigned 7-bit integers with a zero point',
  options,
  make: () => unsignedIntegers(7),
};
