import type { LayerReport } from '../../report.ts';
import { ticksOf } from './ticks-of.ts';

/** Decibels a chart of SQNR shows at least, so that a uniformly good model does not look ragged. */
const leastTop = 40;
/** Beyond this the error is under a millionth of the signal: nothing is learnt from a longer axis. */
const mostTop = 80;
const leastBottom = -20;

/** Axis values (dB) for the SQNR of these layers; the outer two are the ends of the scale, beyond which points are held. */
export function sqnrScale(layers: readonly LayerReport[]): readonly number[] {
  let low = 0;
  let high = leastTop;
  for (const { weightSqnrDb, activationSqnrDb } of layers) {
    for (const sqnr of [weightSqnrDb, activationSqnrDb]) {
      if (sqnr === undefined || Number.isNaN(sqnr)) continue;
      low = Math.min(low, Math.max(leastBottom, sqnr));
      high = Math.max(high, Math.min(mostTop, sqnr));
    }
  }
  return ticksOf(low, high, 6);
}
