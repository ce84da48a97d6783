import type { Format } from '../format.ts';

export const uint4: Format = {
  name: 'uint4',
  summary: 'unsigned 4-bit integers',
  dtype: 'uint4',
  opset: 21,
  block: 32,
  codes: { full: { min: 0, max: 15 }, symmetric: { min: 0, max: 15 }, reduced: { min: 0, max: 7 } },
};
