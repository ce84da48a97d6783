import type { LayerReport } from '../../report.ts';
import { sqnrAxis } from '../charts/sqnr-axis.ts';
import { sqnrGrid } from '../charts/sqnr-grid.ts';
import { sqnrLane } from '../charts/sqnr-lane.ts';
import { sqnrProfile } from '../charts/sqnr-profile.ts';
import { sqnrScale } from '../charts/sqnr-scale.ts';
import { stateGlyph } from '../charts/state-glyph.ts';
import { formatDecibels } from '../format/format-decibels.ts';
import { formatFixed } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { layerQuality } from '../layer-quality.ts';
import { nodeName } from '../node-name.ts';
import { weakLayers } from '../weak-layers.ts';
import { worstLayers } from '../worst-layers.ts';

/** More layers than this get a profile of all and rows for the worst only. */
const mostRows = 60;
const rowsOfDeepModels = 24;
/** Three lines of the names' column. */
const mostCharacters = 96;

/** Every layer's SQNR on one scale, the worst ones marked. Undefined where no layer was measured. */
export function layerChart(layers: readonly LayerReport[]): Html | undefined {
  const measured = layers.filter((layer) => layerQuality(layer) !== undefined);
  if (measured.length === 0) return undefined;
  const scale = sqnrScale(measured);
  const isDeep = layers.length > mostRows;
  const rows = isDeep ? worstLayers(layers, rowsOfDeepModels) : layers;
  const weak = new Set(weakLayers(layers));
  return html`<section><h2>Layers</h2>
<p class="lead">Signal to quantization noise of each layer, in decibels: further right is nearer to the original. ${weak.size > 0 && 'The weakest, a bit or more (6 dB) below the median, are marked: begin there if accuracy was lost.'}</p>
${legend(measured, layers)}
${isDeep && html`${sqnrProfile(measured, scale)}<h3>The ${formatFixed(rows.length, 0)} weakest of ${formatFixed(layers.length, 0)} layers</h3>`}
<div class="lanes"><div class="lane-row lane-back" aria-hidden="true"><span class="lane-plot">${sqnrGrid(scale)}</span></div><div class="lane-row lane-head" aria-hidden="true"><span class="lane-name"></span><span class="lane-plot">${sqnrAxis(scale)}</span><span class="lane-value">lowest</span></div>
<ol class="plain">${rows.map((layer) => row(layer, scale, weak.has(layer)))}</ol></div></section>`;
}

function row(layer: LayerReport, scale: readonly number[], isWeak: boolean): Html {
  const quality = layerQuality(layer);
  return html`<li class="lane-row${isWeak && ' weak'}"><span class="lane-name">${stateGlyph(layer.state)}<span class="lane-label">${nodeName(layer.name, mostCharacters)}</span></span><span class="lane-plot">${sqnrLane(layer, scale)}</span><span class="lane-value">${isWeak && html`<span class="tag">weak</span>`}${quality === undefined ? layer.state : formatDecibels(quality)}</span></li>`;
}

const stateWords: Readonly<Record<LayerReport['state'], string>> = {
  quantized: 'quantized: computed in integers',
  stored: 'stored: computed in float, weights in fewer bits',
  float: 'float: left as it was',
  pass: 'pass: moves values unchanged',
};

function legend(measured: readonly LayerReport[], layers: readonly LayerReport[]): Html {
  const states = (['quantized', 'stored', 'float', 'pass'] as const).filter((state) =>
    layers.some((layer) => layer.state === state),
  );
  const count = (state: LayerReport['state']) =>
    layers.reduce((n, layer) => (layer.state === state ? n + 1 : n), 0);
  return html`<ul class="legend">
${measured.some((layer) => layer.weightSqnrDb !== undefined) && html`<li><svg class="lane" width="14" height="14" aria-hidden="true"><path class="weight" d="M1 7 7 1 13 7 7 13Z"/></svg>weights</li>`}
${measured.some((layer) => layer.activationSqnrDb !== undefined) && html`<li><svg class="lane" width="14" height="14" aria-hidden="true"><circle class="activation" cx="7" cy="7" r="5"/></svg>activations</li>`}
${states.map((state) => html`<li>${stateGlyph(state)}${formatFixed(count(state), 0)} ${stateWords[state]}</li>`)}</ul>`;
}
