import type { Metric } from '../metric.ts';
import { f1 } from './f1.ts';
import { precision } from './precision.ts';
import { recall } from './recall.ts';
import { top1 } from './top1.ts';
import { top5 } from './top5.ts';

/** Every metric pare knows, by name. */
export const metrics = { f1, precision, recall, top1, top5 } as const satisfies Record<string, Metric>;
