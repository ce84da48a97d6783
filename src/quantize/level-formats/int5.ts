import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedIntegers } from '../level-sets/signed-integers.ts';

const options = z.strictObject({});

export const int5: LevelFormatRecord<z.output<typeof options>> = {
  name: 'int5',
  summary: 'signed 5-bit integers',
  options,
  make: () => signedIntegers(5),
};
