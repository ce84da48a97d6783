import type { Format } from '../format.ts';

export const int8: Format = {
  name: 'int8',
  summary: 'signed 8-bit integers',
  dtype: 'int8',
  codes: {
    full: { min: -128, max: 127 },
    symmetric: { min: -127, max: 127 },
    reduced: { min: -64, max: 64 },
  },
};
