import { check } from '../../base/check.ts';
import { Rng } from '../../base/rng.ts';
import { quantile } from '../quantile.ts';
import { type BootstrapOptions, DEFAULT_RESAMPLES, INTERVAL_95 } from './bootstrap-options.ts';

/** Percentage points lost (negative: gained) and their 95 % interval. */
export interface Drop {
  points: number;
  low: number;
  high: number;
}

/**
 * How many percentage points of accuracy were lost, with the percentile interval of the paired bootstrap (Efron &
 * Tibshirani 1993, §13.3): samples are redrawn with both models' results on them, so what both get right or wrong
 * alike adds no uncertainty. With few samples on which the models differ the interval is narrower than the truth; with
 * none it is a point.
 * @param beforeCorrect 1 a sample that is right, 0 one that is wrong; at least one
 * @param afterCorrect the same samples in the same order
 */
export function pairedBootstrap(
  beforeCorrect: Uint8Array,
  afterCorrect: Uint8Array,
  { seed, resamples = DEFAULT_RESAMPLES }: BootstrapOptions,
): Drop {
  const samples = beforeCorrect.length;
  check(
    samples > 0 && samples === afterCorrect.length,
    () => `${samples} and ${afterCorrect.length} samples`,
  );
  let lost = 0;
  let gained = 0;
  for (let i = 0; i < samples; i++) {
    if (beforeCorrect[i] > afterCorrect[i]) lost++;
    else if (beforeCorrect[i] < afterCorrect[i]) gained++;
  }
  const drops = resampledDrops({ samples, lost, gained }, resamples, new Rng(seed));
  const points = (count: number) => (100 * count) / samples;
  const [low, high] = INTERVAL_95;
  return {
    points: points(lost - gained),
    low: points(quantile(drops, low)),
    high: points(quantile(drops, high)),
  };
}

/** Samples of which the models get different results, out of all. */
interface Discordance {
  samples: number;
  lost: number;
  gained: number;
}

/**
 * Net losses of each resample, ascending. Only samples on which the models differ count, so those between two such are
 * skipped at once: the distance from one hit to the next in independent draws is geometric. The distribution is the one
 * of drawing all samples one by one, at a cost that grows with the discordant ones only.
 */
function resampledDrops({ samples, lost, gained }: Discordance, resamples: number, rng: Rng): Int32Array {
  const drops = new Int32Array(resamples);
  const discordant = lost + gained;
  if (discordant === 0) return drops;
  const logMiss = Math.log1p(-discordant / samples);
  for (let r = 0; r < resamples; r++) {
    let position = 0;
    for (;;) {
      position += Math.floor(Math.log(1 - rng.uniform()) / logMiss) + 1;
      if (position > samples) break;
      drops[r] += rng.below(discordant) < lost ? 1 : -1;
    }
  }
  return drops.sort();
}
