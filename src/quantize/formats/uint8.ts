import type { Format } from '../format.ts';

export const uint8: Format = {
  name: 'uint8',
  summary: 'unsigned 8-bit integers',
  dtype: 'uint8',
  codes: { full: { min: 0, max: 255 }, symmetric: { min: 0, max: 255 }, reduced: { min: 0, max: 127 } },
};
