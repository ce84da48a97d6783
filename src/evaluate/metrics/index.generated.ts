// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Metric } from '../metric.ts';
import { accuracy } from './accuracy.ts';
import { f1 } from './f1.ts';
import { mae } from './mae.ts';
import { mse } from './mse.ts';
import { perplexity } from './perplexity.ts';
import { positiveRate } from './positive-rate.ts';
import { precision } from './precision.ts';
import { psnr } from './psnr.ts';
import { r2 } from './r2.ts';
import { recall } from './recall.ts';
import { rmse } from './rmse.ts';
import { top1 } from './top1.ts';
import { top5 } from './top5.ts';

/** All metrics. */
export const metrics = {
  accuracy,
  f1,
  mae,
  mse,
  perplexity,
  'positive-rate': positiveRate,
  precision,
  psnr,
  r2,
  recall,
  rmse,
  top1,
  top5,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
