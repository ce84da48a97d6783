import type { LayerReport } from '../../report.ts';
import { histogramSparkline } from '../charts/histogram-sparkline.ts';
import { stateGlyph } from '../charts/state-glyph.ts';
import { formatDecibels } from '../format/format-decibels.ts';
import { formatFixed, formatNumber } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { nodeName } from '../node-name.ts';

/** Longer tables start folded. */
const mostUnfolded = 60;
/** A browser lays out this many rows in about a second. */
const mostRows = 2000;

interface Column {
  title: string;
  kind: 'state' | 'number' | 'chart' | 'reason';
  /** Undefined leaves the cell empty; a column without any filled cell is left out. */
  cell: (layer: LayerReport) => Html | string | undefined;
}

const columns: readonly Column[] = [
  {
    title: 'State',
    kind: 'state',
    cell: ({ state }) => html`<span class="state">${stateGlyph(state)}${state}</span>`,
  },
  { title: 'Weight SQNR', kind: 'number', cell: ({ weightSqnrDb }) => decibels(weightSqnrDb) },
  { title: 'Activation SQNR', kind: 'number', cell: ({ activationSqnrDb }) => decibels(activationSqnrDb) },
  {
    title: 'Range',
    kind: 'number',
    cell: ({ range }) => range && `${formatNumber(range.min)} … ${formatNumber(range.max)}`,
  },
  { title: 'Distribution', kind: 'chart', cell: histogramSparkline },
  { title: 'Why', kind: 'reason', cell: ({ reason }) => reason || undefined },
];

/** All layers with their figures, in the order of the report. Undefined where there are none. */
export function layerTable(layers: readonly LayerReport[]): Html | undefined {
  if (layers.length === 0) return undefined;
  const rows = layers.slice(0, mostRows);
  const shown = columns.filter(({ cell }) => rows.some((layer) => cell(layer) !== undefined));
  return html`<section><details class="layers"${layers.length <= mostUnfolded && openAttribute}><summary><h2>All ${formatFixed(layers.length, 0)} layers in figures</h2></summary>
<table class="layer-table"><thead><tr><th scope="col">Layer</th>${shown.map(({ title, kind }) => html`<th scope="col" class="${kind}">${title}</th>`)}</tr></thead>
<tbody>${rows.map((layer) => row(layer, shown))}</tbody></table>
${layers.length > rows.length && html`<p class="note">The first ${formatFixed(rows.length, 0)} are shown; report.json has all.</p>`}</details></section>`;
}

const openAttribute = html` open`;

function row(layer: LayerReport, shown: readonly Column[]): Html {
  return html`<tr class="${layer.state}"><th scope="row">${nodeName(layer.name)}<span class="op">${layer.opType}</span></th>${shown.map(({ title, kind, cell }) => html`<td class="${kind}" data-title="${title}">${cell(layer)}</td>`)}</tr>`;
}

function decibels(sqnr: number | undefined): string | undefined {
  return sqnr === undefined ? undefined : formatDecibels(sqnr);
}
