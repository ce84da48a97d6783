import type { Format } from '../format.ts';

/** For activations that 8 bits harm: no engine computes in it faster than in float. */
export const uint16: Format = {
  name: 'uint16',
  summary: 'unsigned 16-bit integers',
  dtype: 'uint16',
  opset: 21,
  codes: {
    full: { min: 0, max: 65535 },
    symmetric: { min: 0, max: 65535 },
    reduced: { min: 0, max: 32767 },
  },
};
