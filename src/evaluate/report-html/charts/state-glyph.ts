import type { LayerReport } from '../../report.ts';
import { type Html, html } from '../html.ts';

const shapes: Readonly<Record<LayerReport['state'], Html>> = {
  quantized: html`<rect x="2" y="2" width="10" height="10" rx="2.5"/>`,
  stored: html`<rect x="2.75" y="2.75" width="8.5" height="8.5" rx="2"/><path d="M3 11 11 3"/>`,
  float: html`<rect x="2.75" y="2.75" width="8.5" height="8.5" rx="2"/>`,
  pass: html`<path d="M1.5 7h10M8 3.5 11.5 7 8 10.5"/>`,
};

/** The sign of a layer's state, told apart by shape: full square, crossed square, empty square, arrow. */
export function stateGlyph(state: LayerReport['state']): Html {
  return html`<svg class="glyph ${state}" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${shapes[state]}</svg>`;
}
