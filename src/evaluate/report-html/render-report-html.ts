import type { Report } from '../report.ts';
import { baseName } from './base-name.ts';
import { Html, html } from './html.ts';
import { accuracy } from './sections/accuracy.ts';
import { closeness } from './sections/closeness.ts';
import { confusions } from './sections/confusions.ts';
import { costTable } from './sections/costs.ts';
import { glossary } from './sections/glossary.ts';
import { head } from './sections/head.ts';
import { layerChart } from './sections/layer-chart.ts';
import { layerTable } from './sections/layer-table.ts';
import { provenance } from './sections/provenance.ts';
import { tiles } from './sections/tiles.ts';
import { training } from './sections/training.ts';
import { warnings } from './sections/warnings.ts';
import { theme } from './theme.ts';

/** No script, no network, no frame, no form: the page cannot do anything but be read. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The report as one HTML page that needs nothing else: no network, fonts, scripts or images. Every text of the report
 * is taken for hostile: escaped, and its invisible characters made visible. Parts without data are left out.
 */
export function renderReportHtml(report: Report): string {
  const layers = report.layers ?? [];
  const subject = report.input ? `${baseName(report.input.path)} · ` : '';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${subject}pare ${report.command}</title>
<style>${new Html(theme)}</style>
</head>
<body>
<main>
${head(report)}
${tiles(report)}
${warnings(report)}
<div class="pair">
${accuracy(report)}
<div>${costTable(report)}${closeness(report)}</div>
</div>
${training(report.training)}
${layerChart(layers)}
${layerTable(layers)}
${confusions(report)}
${provenance(report)}
${glossary(report)}
</main>
<footer><p>Made by pare. This page loads nothing and runs no script. The same facts for programs: <code>report.json</code> beside it, or the command with <code>--json</code>.</p></footer>
</body>
</html>
`.markup;
}
