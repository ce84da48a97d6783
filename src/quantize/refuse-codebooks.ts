import type { LevelFormat } from './level-format.ts';

/** Of methods that look for a scale. */
export function refuseCodebooks({ scales }: LevelFormat): string | undefined {
  return scales === 'none' ? 'its levels are the weights themselves, without a scale' : undefined;
}
