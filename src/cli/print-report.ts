import pc from 'picocolors';
import type {
  Cleaning,
  Comparison,
  LayerReport,
  Measured,
  Report,
  TrainingReport,
} from '../evaluate/report.ts';
import { formatBytes } from '../evaluate/report-html/format/format-bytes.ts';
import { formatMetric } from '../evaluate/report-html/format/format-metric.ts';
import { formatMilliseconds } from '../evaluate/report-html/format/format-milliseconds.ts';
import { limitText } from '../evaluate/report-html/limit-text.ts';
import { metricFacts, metricName } from '../evaluate/report-html/metric-name.ts';
import { verdict } from '../evaluate/report-html/verdict.ts';
import { visibleText } from '../evaluate/report-html/visible-text.ts';
import { worstLayers } from '../evaluate/report-html/worst-layers.ts';
import { shorten } from './shorten.ts';
import { table } from './table.ts';

/** Layers listed on the terminal; the report page has all. */
const MAX_LAYERS = 12;
const MAX_WARNINGS = 5;
const MAX_EPOCHS = 10;
const NAME_LENGTH = 44;

/** The outcome in a few lines, on standard error so that standard output stays for `--json`. */
export function printReport(
  report: Report,
  { report: page }: { report?: string },
  out: (text: string) => void = (text) => process.stderr.write(`${text}\n`),
): void {
  const { before, after, layers = [], warnings } = report;
  // A command that only measured made no layers.
  const made = (report.layers ?? report.training) && report.output;
  if (before && after) {
    out(table(['', 'before', 'after'], comparisonRows(before, after), { alignRight: [1, 2] }));
    out('');
    out(pc.bold(visibleText(verdict(report))));
    if (report.comparison?.sqnrDb !== undefined) out(outputsLine(report.comparison));
  } else if (before ?? after) out(table(['', ''], aloneRows((before ?? after)!), { alignRight: [1] }));
  if (report.training) for (const line of trainingLines(report.training)) out(line);
  if (report.cleaning) out(cleaningLine(report.cleaning));
  if (layers.length > 0) for (const line of layerLines(layers)) out(line);
  for (const { where, message } of warnings.slice(0, MAX_WARNINGS))
    out(`${pc.yellow('warning')} ${visibleText(where === '' ? message : `${where}: ${message}`)}`);
  if (warnings.length > MAX_WARNINGS) out(`  … and ${warnings.length - MAX_WARNINGS} more warnings`);
  for (const limit of report.limits ?? []) out(limitLine(limitText(limit), limit.met));
  if (report.met === false) out(pc.red('A stated limit was not met; the best result was written.'));
  if (made) out(`${pc.green('✓')} ${visibleText(made.path)}  (${report.seconds.toFixed(1)} s)`);
  if (page !== undefined) out(`  report: ${visibleText(page)}`);
}

/** The course in at most ten epochs, and the one that was written. */
function trainingLines({ epochs, metric, chosen }: TrainingReport): string[] {
  const every = Math.ceil(epochs.length / MAX_EPOCHS);
  const shown = epochs.filter(
    ({ epoch }) => epoch === chosen || epoch === epochs.length || epoch % every === 0,
  );
  const rows = shown.map(({ epoch, loss, validation }) => [
    `${epoch}${epoch === chosen ? ' *' : ''}`,
    loss.toPrecision(4),
    metric === undefined ? '' : metricText(metric, validation?.[metric]),
  ]);
  const header = ['epoch', 'loss', metric === undefined ? '' : `${metricName(metric)}, validation`];
  return [
    table(header, rows, { alignRight: [0, 1, 2] }),
    chosen === 0 ? 'no epoch was better than the model as it was' : '* epoch whose parameters were written',
  ];
}

/** Nodes before and after, and the passes that changed something. */
function cleaningLine({ nodes, passes }: Cleaning): string {
  const changes = Object.entries(passes).filter(([, count]) => count > 0);
  const done = changes.map(([name, count]) => `${name} ${count}`).join(', ');
  return `${nodes.before} → ${nodes.after} nodes: ${done || 'nothing to clean'}`;
}

/** How far the outputs are from the original's: the only word on quality where a model does not tell classes. */
function outputsLine({ sqnrDb = 0, cosine }: Comparison): string {
  const similarity = cosine === undefined ? '' : `, cosine similarity ${cosine.toFixed(5)}`;
  return `outputs against the original's: SQNR ${sqnrDb.toFixed(1)} dB${similarity}`;
}

function limitLine(text: string, isMet: boolean): string {
  return `${isMet ? pc.green('met') : pc.red('not met')} ${visibleText(text)}`;
}

function comparisonRows(before: Measured, after: Measured): string[][] {
  const rows = [['file', formatBytes(before.bytes), formatBytes(after.bytes)]];
  if (before.latencyMs && after.latencyMs)
    rows.push([
      'latency',
      formatMilliseconds(before.latencyMs.median),
      formatMilliseconds(after.latencyMs.median),
    ]);
  for (const name of metricNames(before))
    rows.push([
      metricName(name),
      metricText(name, before.metrics?.[name]),
      metricText(name, after.metrics?.[name]),
    ]);
  return rows;
}

function aloneRows(model: Measured): string[][] {
  const { bytes, latencyMs, samples, metrics, parameters, macs } = model;
  const rows = [
    ['file', formatBytes(bytes)],
    ['parameters', parameters.toLocaleString('en')],
    ['MACs a sample', macs.toLocaleString('en')],
  ];
  if (samples !== undefined) rows.push(['samples', samples.toLocaleString('en')]);
  if (latencyMs) rows.push(['latency', formatMilliseconds(latencyMs.median)]);
  for (const name of metricNames(model)) rows.push([metricName(name), metricText(name, metrics?.[name])]);
  return rows;
}

/** What counts most first: the primary metric and its like, as top-5. */
function metricNames({ metrics = {} }: Measured): string[] {
  const isTop = (name: string) => name.startsWith('top') || metricFacts(name)?.isPrimary === true;
  const names = Object.keys(metrics);
  return [...names.filter(isTop), ...names.filter((name) => !isTop(name))];
}

function metricText(name: string, value: number | undefined): string {
  return value === undefined ? '' : formatMetric(name, value, 2);
}

/** Float layers and the weakest quantized ones: what a person may want to act on. */
function layerLines(layers: readonly LayerReport[]): string[] {
  const of = (state: LayerReport['state']) => layers.filter((layer) => layer.state === state);
  const [float, quantized, stored] = [of('float'), of('quantized'), of('stored')];
  const weakest = worstLayers([...quantized, ...stored], 3);
  const shown = float.slice(0, MAX_LAYERS - weakest.length);
  const rows = [...shown, ...weakest].map((layer) => [
    shorten(visibleText(layer.name), NAME_LENGTH),
    visibleText(layer.opType),
    layer.state,
    decibels(layer.weightSqnrDb),
    decibels(layer.activationSqnrDb),
    visibleText(layer.reason),
  ]);
  const counts = [
    ...(quantized.length > 0 || stored.length === 0
      ? [`${quantized.length} nodes quantized, ${of('pass').length} move codes`]
      : []),
    ...(stored.length > 0 ? [`${stored.length} with stored weights`] : []),
    `${float.length} left in float`,
  ].join(', ');
  const header = ['node', 'operator', 'state', 'weights', 'output', ''];
  const lines = [counts];
  if (rows.length > 0) lines.push(table(header, rows, { alignRight: [3, 4] }));
  const hidden = float.length - shown.length;
  if (hidden > 0) lines.push(`  … and ${hidden} more in float; the report lists all`);
  return lines;
}

function decibels(value: number | undefined): string {
  return value === undefined ? '' : `${value.toFixed(1)} dB`;
}
