import { z } from 'zod';
import type { Schedule } from '../schedule.ts';

const options = z.strictObject({});

export const constant: Schedule<z.output<typeof options>> = {
  name: 'constant',
  summary: 'the same learning rate at every step',
  options,
  factor: () => 1,
};
