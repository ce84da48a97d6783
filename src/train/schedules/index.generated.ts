// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Schedule } from '../schedule.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { oneCycle } from './one-cycle.ts';
import { polynomial } from './polynomial.ts';
import { step } from './step.ts';
import { warmUp } from './warm-up.ts';

/** All courses of the learning rate. */
export const schedules = {
  constant,
  cosine,
  'one-cycle': oneCycle,
  polynomial,
  step,
  'warm-up': warmUp,
} as const satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;
