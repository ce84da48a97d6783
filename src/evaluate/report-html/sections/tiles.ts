import type { Measured, Report } from '../../report.ts';
import { capitalized } from '../capitalized.ts';
import { accuracyTone, ratioTone, speedTone, type Tone } from '../change-tone.ts';
import { type BarValue, bar } from '../charts/bar.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatMetric } from '../format/format-metric.ts';
import { formatMilliseconds } from '../format/format-milliseconds.ts';
import { formatFixed } from '../format/format-number.ts';
import { formatPercent } from '../format/format-percent.ts';
import { type Html, html } from '../html.ts';
import { isFractionMetric, metricName, primaryMetric } from '../metric-name.ts';
import { accuracyChange, sizeChange, speedChange } from '../verdict.ts';

type Role = 'before' | 'after';

interface Row {
  role: Role;
  label: string;
  /** Number and unit. */
  text: string;
  bar: Omit<BarValue, 'scaleMax'>;
}

interface Tile {
  title: string;
  change: string | undefined;
  tone: Tone;
  rows: readonly Row[];
  /** End of the bars' common scale; by default the largest value drawn. */
  scaleMax?: number;
  note?: string | undefined;
}

/** Size, latency and accuracy, before and after, each with bars on one scale. Undefined where nothing was measured. */
export function tiles(report: Report): Html | undefined {
  const shown = [sizeTile(report), latencyTile(report), accuracyTile(report) ?? agreementTile(report)].filter(
    (tile) => tile !== undefined && tile.rows.length > 0,
  );
  if (shown.length === 0) return undefined;
  return html`<section class="tiles" aria-label="Result in short">${shown.map((tile) => tile && tileHtml(tile))}</section>`;
}

function tileHtml({ title, change, tone, rows, note, scaleMax }: Tile): Html {
  const end = scaleMax ?? rows.reduce((most, row) => Math.max(most, row.bar.value, row.bar.high ?? 0), 0);
  const main = rows[rows.length - 1];
  // A lone bar on its own scale would say nothing.
  const hasBars = rows.length > 1 || scaleMax !== undefined;
  return html`<article class="tile"><h2>${title}</h2>
<p class="figure">${figure(main.text)}</p>
${change && html`<p class="change ${tone}">${capitalized(change)}</p>`}
${hasBars && html`<dl class="bars">${rows.map((row) => html`<div><dt>${row.label}</dt><dd>${bar({ ...row.bar, scaleMax: end }, row.role)}<span class="value">${row.text}</span></dd></div>`)}</dl>`}
${note && html`<p class="note">${note}</p>`}</article>`;
}

/** Sets the unit smaller than its number. */
function figure(text: string): Html {
  const [, number, unit] = /^(.*)\u202f(\D+)$/u.exec(text) ?? [text, text, ''];
  return html`${number}${unit && html`<span class="unit">\u202f${unit}</span>`}`;
}

/** One row for each side that has the value. */
function rowsOf(
  { before, after }: Report,
  rowOf: (side: Measured) => Omit<Row, 'role' | 'label'> | undefined,
): Row[] {
  const both = before !== undefined && after !== undefined;
  const rows: Row[] = [];
  for (const [role, side] of [
    ['before', before],
    ['after', after],
  ] as const) {
    const row = side && rowOf(side);
    // A model that is compared with nothing is not "before" anything.
    if (row) rows.push({ ...row, role: both ? role : 'after', label: both ? role : 'model' });
  }
  return rows;
}

function sizeTile(report: Report): Tile {
  const ratio = report.before && report.after && report.before.bytes / report.after.bytes;
  const rows = rowsOf(report, ({ bytes }) => ({ text: formatBytes(bytes), bar: { value: bytes } }));
  return { title: 'Size', change: sizeChange(report), tone: ratioTone(ratio), rows };
}

function latencyTile(report: Report): Tile {
  const rows = rowsOf(
    report,
    ({ latencyMs }) =>
      latencyMs && {
        text: formatMilliseconds(latencyMs.median),
        bar: { value: latencyMs.median, low: latencyMs.p10, high: latencyMs.p90 },
      },
  );
  const latency = (report.after ?? report.before)?.latencyMs;
  const note = latency && latencyNote(latency, rows.length > 1);
  return { title: 'Latency', change: speedTag(report), tone: speedTone(report), rows, note };
}

function latencyNote(
  { runs, batch, p10, p90 }: NonNullable<Measured['latencyMs']>,
  hasBars: boolean,
): string {
  const spread = hasBars
    ? 'whisker: 10th to 90th percentile'
    : `10th to 90th percentile ${formatMilliseconds(p10)} to ${formatMilliseconds(p90)}`;
  return `Median of ${formatFixed(runs, 0)} runs, batch ${formatFixed(batch, 0)}; ${spread}`;
}

/** The change with its interval, told in its own direction: of the slow-down where it is one. */
function speedTag(report: Report): string | undefined {
  const change = speedChange(report);
  const speedup = report.comparison?.speedup;
  if (!change || !speedup || speedup.low <= 0) return change;
  const isSlower = speedup.median < 1 && speedTone(report) === 'worse';
  const [low, high] = isSlower ? [1 / speedup.high, 1 / speedup.low] : [speedup.low, speedup.high];
  const words = speedTone(report) === 'even' ? 'no clear change' : change;
  return `${words} (${formatFixed(low, 2)} to ${formatFixed(high, 2)}×)`;
}

function accuracyTile(report: Report): Tile | undefined {
  const drop = report.comparison?.drop;
  const measured = (report.after ?? report.before)?.metrics;
  const metric = drop && drop.metric !== 'agreement' ? drop.metric : primaryMetric(measured);
  if (metric === undefined) return undefined;
  const rows = rowsOf(report, ({ metrics }) => {
    const value = metrics?.[metric];
    return value === undefined ? undefined : { text: formatMetric(metric, value), bar: { value } };
  });
  if (rows.length === 0) return undefined;
  return {
    title: `${capitalized(metricName(metric))}${metric.startsWith('top') ? ' accuracy' : ''}`,
    change: accuracyChange(report),
    tone: accuracyTone(report),
    rows,
    ...(isFractionMetric(metric) && { scaleMax: 1 }),
    note: accuracyNote(report),
  };
}

function accuracyNote({ before, after, comparison }: Report): string | undefined {
  const samples = (after ?? before)?.samples;
  const on = samples === undefined ? undefined : `${formatFixed(samples, 0)} samples`;
  const drop = comparison?.drop;
  if (!drop) return on && `On ${on}`;
  const isNoise = drop.low <= 0 && drop.high >= 0;
  return isNoise
    ? `Within what chance alone explains${on ? `, on ${on}` : ''}`
    : `More than chance explains${on ? `, on ${on}` : ''}`;
}

function agreementTile(report: Report): Tile | undefined {
  const agreement = report.comparison?.agreement;
  if (agreement === undefined) return undefined;
  return {
    title: 'Agreement',
    change: 'same answers as the original',
    tone: 'even',
    rows: [{ role: 'after', label: 'same', text: formatPercent(agreement), bar: { value: agreement } }],
    scaleMax: 1,
    note:
      report.after?.samples === undefined ? undefined : `On ${formatFixed(report.after.samples, 0)} samples`,
  };
}
