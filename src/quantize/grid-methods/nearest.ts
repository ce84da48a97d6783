import { z } from 'zod';
import type { GridMethod } from '../grid-method.ts';
import { gridOfExtremes } from '../grid-of-extremes.ts';
import { refuseCodebooks } from '../refuse-codebooks.ts';

const options = z.strictObject({});

/** Nothing is cut off; each weight gets the nearest code. */
export const nearest: GridMethod<z.output<typeof options>> = {
  name: 'nearest',
  summary: 'a scale that reaches to the largest weight',
  options,
  refuses: refuseCodebooks,
  fit: (group) => gridOfExtremes(group, group.levels!),
};
