import type { Comparison } from '../../report.ts';
import { formatDifferences } from '../format/format-differences.ts';
import { formatFixed } from '../format/format-number.ts';
import { unitWord } from '../format/unit-word.ts';
import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';
import { ticksOf } from './ticks-of.ts';

type Change = Pick<NonNullable<Comparison['drop']>, 'points' | 'low' | 'high' | 'unit'>;

/** A change (after − before) in percentage points, or its unit, with its 95 % interval, on an axis that holds zero. */
export function intervalChart(change: Change): Html {
  const ticks = ticksOf(Math.min(0, change.low, change.points), Math.max(0, change.high, change.points), 5);
  const [min, max] = [ticks[0], ticks[ticks.length - 1]];
  const at = (x: number) => percentOf(x, min, max);
  const [points, low, high] = formatDifferences(change.unit, change.points, change.low, change.high);
  const label = `Change ${points}${unitWord(change.unit)}, 95 % interval ${low} to ${high}`;
  const step = ticks[1] - ticks[0];
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return html`<svg class="interval" width="100%" height="56" role="img" aria-label="${label}"><title>${label}</title>
${ticks.map((tick) => html`<line class="${Math.abs(tick) < step / 2 ? 'zero' : 'grid'}" x1="${at(tick)}" x2="${at(tick)}" y1="4" y2="34"/><text x="${at(tick)}" y="51" text-anchor="middle">${formatFixed(tick, decimals)}</text>`)}
<line class="range" x1="${at(change.low)}" x2="${at(change.high)}" y1="19" y2="19"/><circle class="value" cx="${at(change.points)}" cy="19" r="6"/></svg>`;
}
