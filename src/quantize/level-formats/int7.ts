import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedIntegers } from '../level-sets/signed-integers.ts';

const options = z.strictObject({});

export const int7: LevelFormatRecord<z.output<typeof options>> = {
  name: 'int7',
  summary: 'signed 7-bit integers',
  options,
  make: () => signedIntegers(7),
};
