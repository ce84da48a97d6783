// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Metric } from '../metric.ts';
import { f1 } from './f1.ts';
import { precision } from './precision.ts';
import { recall } from './recall.ts';
import { top1 } from './top1.ts';
import { top5 } from './top5.ts';

/** All metrics. */
export const metrics = {
  f1,
  precision,
  recall,
  top1,
  top5,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
