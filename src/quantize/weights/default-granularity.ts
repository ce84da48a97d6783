import type { WeightGranularity } from './grouping.ts';
import { isIntegerFormat, isLevelFormat, type StorageFormat } from './storage-options.ts';

/** One scale a channel, or a block where the format has too few codes for that. */
export function defaultGranularity(format: StorageFormat): WeightGranularity {
  const block = isIntegerFormat(format) || isLevelFormat(format) ? format.block : undefined;
  return block === undefined ? 'channel' : `block:${block}`;
}
