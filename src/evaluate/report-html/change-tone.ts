import type { Report } from '../report.ts';

/** Whether a change is welcome; `even` where there is none, or none that can be told from chance. */
export type Tone = 'better' | 'even' | 'worse';

/** Of a quantity of which less is better: `before / after` against 1. */
export function ratioTone(ratio: number | undefined): Tone {
  if (ratio === undefined || Number.isNaN(ratio) || Math.abs(ratio - 1) < 0.005) return 'even';
  return ratio > 1 ? 'better' : 'worse';
}

/** Of the speed, by the speed-up's interval where there is one. */
export function speedTone({ before, after, comparison }: Report): Tone {
  const speedup = comparison?.speedup;
  if (speedup) return speedup.low <= 1 && speedup.high >= 1 ? 'even' : ratioTone(speedup.median);
  return ratioTone(before?.latencyMs && after?.latencyMs && before.latencyMs.median / after.latencyMs.median);
}

/** Of the accuracy: an interval that holds zero shows no change. */
export function accuracyTone({ comparison }: Report): Tone {
  const drop = comparison?.drop;
  if (!drop || (drop.low <= 0 && drop.high >= 0)) return 'even';
  return drop.points > 0 ? 'worse' : 'better';
}
