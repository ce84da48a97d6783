import type { Format } from '../format.ts';

/** For activations that 8 bits harm: no engine computes in it faster than in float. */
export const int16: Format = {
  name: 'int16',
  summary: 'signed 16-bit integers',
  dtype: 'int16',
  opset: 21,
  codes: {
    full: { min: -32768, max: 32767 },
    symmetric: { min: -32767, max: 32767 },
    reduced: { min: -16384, max: 16384 },
  },
};
