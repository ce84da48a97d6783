import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';

/** A value on a scale that starts at 0, all in the same unit; `low` and `high` add a whisker. */
export interface BarValue {
  value: number;
  scaleMax: number;
  low?: number | undefined;
  high?: number | undefined;
}

/** One horizontal bar, as wide as its container. Decoration beside the printed value: hidden from screen readers. */
export function bar({ value, scaleMax, low, high }: BarValue, role: 'before' | 'after'): Html {
  const at = (x: number) => percentOf(x, 0, scaleMax);
  const whisker =
    low !== undefined &&
    high !== undefined &&
    html`<g class="whisker"><line x1="${at(low)}" x2="${at(high)}" y1="6" y2="6"/><line x1="${at(low)}" x2="${at(low)}" y1="3" y2="9"/><line x1="${at(high)}" x2="${at(high)}" y1="3" y2="9"/></g>`;
  return html`<svg class="bar ${role}" width="100%" height="12" aria-hidden="true"><rect class="track" width="100%" height="12" rx="3"/><rect class="fill" width="${at(value)}" height="12" rx="3"/>${whisker}</svg>`;
}
