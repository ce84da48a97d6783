import type { Format } from '../format.ts';

export const int4: Format = {
  name: 'int4',
  summary: 'signed 4-bit integers',
  dtype: 'int4',
  opset: 21,
  block: 32,
  codes: {
    full: { min: -8, max: 7 },
    symmetric: { min: -8, max: 7 },
    reduced: { min: -4, max: 3 },
  },
};
