// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { LevelFormatRecord } from '../level-format.ts';
import { additivePowerOfTwo } from './additive-power-of-two.ts';
import { binary } from './binary.ts';
import { codebook } from './codebook.ts';
import { float4e2m1 } from './float4e2m1.ts';
import { float8e4m3 } from './float8e4m3.ts';
import { float8e5m2 } from './float8e5m2.ts';
import { int2 } from './int2.ts';
import { int3 } from './int3.ts';
import { int5 } from './int5.ts';
import { int6 } from './int6.ts';
import { int7 } from './int7.ts';
import { mxfp4 } from './mxfp4.ts';
import { mxfp8 } from './mxfp8.ts';
import { nf4 } from './nf4.ts';
import { powerOfTwo } from './power-of-two.ts';
import { ternary } from './ternary.ts';
import { uint2 } from './uint2.ts';
import { uint3 } from './uint3.ts';
import { uint5 } from './uint5.ts';
import { uint6 } from './uint6.ts';
import { uint7 } from './uint7.ts';

/** All formats whose codes stand for a few numbers. */
export const levelFormats = {
  'additive-power-of-two': additivePowerOfTwo,
  binary,
  codebook,
  float4e2m1,
  float8e4m3,
  float8e5m2,
  int2,
  int3,
  int5,
  int6,
  int7,
  mxfp4,
  mxfp8,
  nf4,
  'power-of-two': powerOfTwo,
  ternary,
  uint2,
  uint3,
  uint5,
  uint6,
  uint7,
} as const satisfies Record<string, LevelFormatRecord>;

export type LevelFormatName = keyof typeof levelFormats;
