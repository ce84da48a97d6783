import { formatFixed } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';

/** The axis of the SQNR chart: its values in decibels. */
export function sqnrAxis(scale: readonly number[]): Html {
  const last = scale[scale.length - 1];
  return html`<svg class="axis" width="100%" height="18" aria-hidden="true">${scale.map(
    (tick) =>
      html`<text x="${percentOf(tick, scale[0], last)}" y="13" text-anchor="middle">${formatFixed(tick, 0)}${tick === last && '\u202fdB'}</text>`,
  )}</svg>`;
}
