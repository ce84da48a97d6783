import pc from 'picocolors';
import type { LayerReport, Measured, Report } from '../evaluate/report.ts';
import { formatBytes } from '../evaluate/report-html/format/format-bytes.ts';
import { verdict } from '../evaluate/report-html/verdict.ts';
import { visibleText } from '../evaluate/report-html/visible-text.ts';
import { table } from './table.ts';

/** Layers listed on the terminal; the report page has all. */
const MAX_LAYERS = 12;

/** The outcome in a few lines, on standard error so that standard output stays for `--json`. */
export function printReport(report: Report, { report: page }: { report?: string }): void {
  const out = (text = '') => process.stderr.write(`${text}\n`);
  if (report.before && report.after) {
    out(table(['', 'before', 'after'], comparisonRows(report.before, report.after)));
    out();
    out(pc.bold(visibleText(verdict(report))));
  } else if (report.before) out(table(['', ''], aloneRows(report.before)));
  if (report.layers && report.layers.length > 0) printLayers(report.layers, out);
  for (const { where, message } of report.warnings.slice(0, 5))
    out(`${pc.yellow('warning')} ${visibleText(`${where}: ${message}`)}`);
  if (report.warnings.length > 5) out(`  … and ${report.warnings.length - 5} more warnings`);
  if (report.met === false) out(pc.red('The stated limit was not met; the best result was written.'));
  if (report.output)
    out(`${pc.green('✓')} ${visibleText(report.output.path)}  (${report.seconds.toFixed(1)} s)`);
  if (page !== undefined) out(`  report: ${page}`);
}

function comparisonRows(before: Measured, after: Measured): string[][] {
  const rows = [['file', formatBytes(before.bytes), formatBytes(after.bytes)]];
  if (before.latencyMs && after.latencyMs)
    rows.push(['latency', ms(before.latencyMs.median), ms(after.latencyMs.median)]);
  for (const name of Object.keys(before.metrics ?? {})) {
    rows.push([name, percent(before.metrics?.[name]), percent(after.metrics?.[name])]);
  }
  return rows;
}

function aloneRows({ bytes, latencyMs, samples, metrics, parameters, macs }: Measured): string[][] {
  const rows = [
    ['file', formatBytes(bytes)],
    ['parameters', parameters.toLocaleString('en')],
    ['MACs a sample', macs.toLocaleString('en')],
  ];
  if (samples !== undefined) rows.push(['samples', `${samples}`]);
  if (latencyMs) rows.push(['latency', ms(latencyMs.median)]);
  for (const [name, value] of Object.entries(metrics ?? {})) rows.push([name, percent(value)]);
  return rows;
}

/** Float layers and the weakest quantized ones: what a person may want to act on. */
function printLayers(layers: readonly LayerReport[], out: (text?: string) => void): void {
  const count = (state: string) => layers.filter((layer) => layer.state === state).length;
  out(`${count('quantized')} nodes quantized, ${count('pass')} move codes, ${count('float')} left in float`);
  const notable = layers
    .filter((layer) => layer.activationSqnrDb !== undefined && layer.state === 'quantized')
    .sort((a, b) => (a.activationSqnrDb ?? 0) - (b.activationSqnrDb ?? 0))
    .slice(0, 3);
  const float = layers.filter((layer) => layer.state === 'float');
  const rows = [...float.slice(0, MAX_LAYERS - notable.length), ...notable].map((layer) => [
    visibleText(layer.name),
    layer.opType,
    layer.state,
    decibels(layer.weightSqnrDb),
    decibels(layer.activationSqnrDb),
    layer.reason,
  ]);
  if (rows.length > 0) out(table(['node', 'operator', 'state', 'weights', 'output', ''], rows));
}

function decibels(value: number | undefined): string {
  return value === undefined ? '' : `${value.toFixed(1)} dB`;
}

function ms(value: number): string {
  return `${value.toPrecision(3)} ms`;
}

function percent(value: number | undefined): string {
  return value === undefined ? '' : `${(value * 100).toFixed(2)} %`;
}
