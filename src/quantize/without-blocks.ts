import { granularityNotOfMode } from './errors.ts';
import type { WeightGranularity } from './weights/grouping.ts';

/** No integer kernel takes blocks of weights. Throws `granularity-not-of-mode`. */
export function withoutBlocks(mode: string, granularity: WeightGranularity): 'channel' | 'tensor' {
  if (granularity === 'channel' || granularity === 'tensor') return granularity;
  throw granularityNotOfMode(mode, granularity);
}
