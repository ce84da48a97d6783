import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedIntegers } from '../level-sets/signed-integers.ts';

const options = z.strictObject({});

export const int2: LevelFormatRecord<z.output<typeof options>> = {
  name: 'int2',
  summary: 'signed 2-bit integers',
  options,
  make: () => signedIntegers(2),
};
