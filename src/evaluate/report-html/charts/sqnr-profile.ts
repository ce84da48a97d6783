import type { LayerReport } from '../../report.ts';
import { formatFixed } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';

/** All layers from the model's input (left) to its output (right), height = SQNR: for models too deep for a row each. */
export function sqnrProfile(layers: readonly LayerReport[], scale: readonly number[]): Html {
  const [bottom, top] = [scale[0], scale[scale.length - 1]];
  // From the top downwards, as SVG counts.
  const y = (sqnr: number) => percentOf(-sqnr, -top, -bottom);
  const x = (i: number) => percentOf(i, 0, layers.length - 1);
  const label = `SQNR of ${layers.length} layers in the order of the model`;
  return html`<figure class="profile"><div class="profile-plot"><svg class="lane" width="100%" height="180" role="img" aria-label="${label}"><title>${label}</title>
${scale.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/><text x="-8" y="${y(tick)}" dy="4" text-anchor="end">${formatFixed(tick, 0)}</text>`)}
${layers.map(
  ({ weightSqnrDb: weight, activationSqnrDb: activation }, i) =>
    html`${weight !== undefined && html`<svg x="${x(i)}" y="${y(weight)}"><path class="weight" d="M-3 0 0-3 3 0 0 3Z"/></svg>`}${activation !== undefined && html`<circle class="activation" cx="${x(i)}" cy="${y(activation)}" r="2.5"/>`}`,
)}</svg></div><figcaption>From the model’s input (left) to its output (right); SQNR in dB.</figcaption></figure>`;
}
