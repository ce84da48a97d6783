import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedIntegers } from '../level-sets/signed-integers.ts';

const options = z.strictObject({});

export const int6: LevelFormatRecord<z.output<typeof options>> = {
  name: 'int6',
  summary: 'signed 6-bit integers',
  options,
  make: () => signedIntegers(6),
};
