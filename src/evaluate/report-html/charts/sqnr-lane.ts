import type { LayerReport } from '../../report.ts';
import { formatDecibels } from '../format/format-decibels.ts';
import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';

const middle = 11;

const unmeasured: Readonly<Record<LayerReport['state'], string>> = {
  quantized: 'not measured',
  stored: 'stored without loss',
  float: 'left in float',
  pass: 'moves values unchanged',
};

/** One layer's row of the SQNR chart: a diamond for the weights, a circle for the activations, joined by a line. */
export function sqnrLane(layer: LayerReport, scale: readonly number[]): Html {
  const at = (sqnr: number) => percentOf(sqnr, scale[0], scale[scale.length - 1]);
  const { weightSqnrDb: weight, activationSqnrDb: activation } = layer;
  const label = [
    weight !== undefined && `weights ${formatDecibels(weight)}`,
    activation !== undefined && `activations ${formatDecibels(activation)}`,
  ]
    .filter((part) => part !== false)
    .join(', ');
  const link =
    weight !== undefined &&
    activation !== undefined &&
    html`<line class="link" x1="${at(weight)}" x2="${at(activation)}" y1="${middle}" y2="${middle}"/>`;
  return html`<svg class="lane ${layer.state}" width="100%" height="22" role="img" aria-label="${label || unmeasured[layer.state]}"><title>${label || unmeasured[layer.state]}</title>
<line class="rail" x1="0" x2="100%" y1="${middle}" y2="${middle}"/>${link}${label === '' && html`<text class="unmeasured" x="8" y="15">${unmeasured[layer.state]}</text>`}
${weight !== undefined && html`<svg x="${at(weight)}" y="${middle}"><path class="weight" d="M-6 0 0-6 6 0 0 6Z"/></svg>`}
${activation !== undefined && html`<circle class="activation" cx="${at(activation)}" cy="${middle}" r="5"/>`}</svg>`;
}
