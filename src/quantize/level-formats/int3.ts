import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedIntegers } from '../level-sets/signed-integers.ts';

const options = z.strictObject({});

export const int3: LevelFormatRecord<z.output<typeof options>> = {
  name: 'int3',
  summary: 'signed 3-bit integers',
  options,
  make: () => signedIntegers(3),
};
