import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';

/** The vertical lines behind all rows of the SQNR chart, as high as its container. */
export function sqnrGrid(scale: readonly number[]): Html {
  const at = (tick: number) => percentOf(tick, scale[0], scale[scale.length - 1]);
  return html`<svg class="gridlines" width="100%" height="100%" aria-hidden="true">${scale.map(
    (tick) => html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="100%"/>`,
  )}</svg>`;
}
