import type { Comparison, Report } from '../../report.ts';
import { capitalized } from '../capitalized.ts';
import { intervalChart } from '../charts/interval-chart.ts';
import { formatDecibels } from '../format/format-decibels.ts';
import { formatDifferences } from '../format/format-differences.ts';
import { formatMetric } from '../format/format-metric.ts';
import { formatFixed, formatNumber } from '../format/format-number.ts';
import { unitWord } from '../format/unit-word.ts';
import { type Html, html } from '../html.ts';
import { isFractionMetric, isHigherBetter, metricFacts, metricName } from '../metric-name.ts';
import { valueHeads } from './value-heads.ts';

/** Metrics side by side, and the change with its interval. */
export function accuracy({ before, after, comparison }: Report): Html | undefined {
  const table = metricsTable(before?.metrics ?? {}, after?.metrics ?? {});
  const drop = comparison?.drop;
  // Agreement is no change of anything: its interval stands beside its figure.
  const interval = drop && drop.metric !== 'agreement' && intervalFigure(drop);
  if (!table && !interval) return undefined;
  return html`<section><h2>Accuracy</h2>${table}${interval}</section>`;
}

type Metrics = Readonly<Record<string, number>>;

function metricsTable(before: Metrics, after: Metrics): Html | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) return undefined;
  const hasBefore = Object.keys(before).length > 0;
  const hasAfter = Object.keys(after).length > 0;
  const both = hasBefore && hasAfter;
  const row = (name: string) => {
    const [old, now] = [own(before, name), own(after, name)];
    const label = metricFacts(name) ? capitalized(metricName(name)) : name;
    return html`<tr><th scope="row">${label}</th>${hasBefore && html`<td>${metricValue(name, old)}</td>`}${hasAfter && html`<td>${metricValue(name, now)}</td>`}${both && html`<td>${difference(name, old, now)}</td>`}</tr>`;
  };
  return html`<table class="numbers"><thead><tr><th scope="col">Metric</th>${valueHeads(hasBefore, hasAfter, 'Difference')}</tr></thead>
<tbody>${names.map(row)}</tbody></table>`;
}

/** Names are data: `constructor` must not find what every object inherits. */
function own(metrics: Metrics, name: string): number | undefined {
  return Object.hasOwn(metrics, name) ? metrics[name] : undefined;
}

function metricValue(name: string, value: number | undefined): string {
  if (value === undefined) return '–';
  return formatMetric(name, value, 2);
}

function difference(name: string, before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined) return '–';
  if (metricFacts(name)?.unit === 'dB') return signed(after - before, formatDecibels(after - before, 2));
  if (!isFractionMetric(name)) return signed(after - before, formatNumber(after - before));
  const points = (after - before) * 100;
  return `${signed(points, formatFixed(points, 2))}\u202fpt`;
}

function signed(value: number, text: string): string {
  return value > 0 ? `+${text}` : text;
}

function intervalFigure(drop: NonNullable<Comparison['drop']>): Html {
  // The report counts what was lost; a reader expects what became of the metric, after − before.
  const change = isHigherBetter(drop.metric)
    ? { points: -drop.points, low: -drop.high, high: -drop.low, unit: drop.unit }
    : drop;
  const [points, low, high] = formatDifferences(drop.unit, change.points, change.low, change.high);
  const text = `${signed(change.points, points)}${unitWord(drop.unit)}, 95\u202f% interval ${low} to ${high}`;
  return html`<figure><h3>Change of ${metricName(drop.metric)}</h3><div class="plot">${intervalChart(change)}</div><figcaption>${text}</figcaption></figure>`;
}
