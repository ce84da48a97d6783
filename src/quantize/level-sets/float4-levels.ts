import { minifloatMagnitudes } from './minifloat-magnitudes.ts';
import { signedLevels } from './signed-levels.ts';

/** OCP 4-bit floating point, E2M1. */
export const float4Levels = {
  bits: 4,
  levels: signedLevels(minifloatMagnitudes({ exponentBits: 2, mantissaBits: 1, bias: 1, max: 6 })),
} as const;
