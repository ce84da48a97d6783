import type { Report } from '../../report.ts';
import { baseName } from '../base-name.ts';
import { type Html, html } from '../html.ts';
import { limitText } from '../limit-text.ts';
import { nodeName } from '../node-name.ts';
import { verdict } from '../verdict.ts';

/** Model name, verdict, and at once below it what went wrong, if anything. */
export function head(report: Report): Html {
  const { input, output, layers, training, error } = report;
  const subject = input ?? output;
  const title = subject ? nodeName(baseName(subject.path)) : html`Report`;
  return html`<header>
<p class="eyebrow"><span class="brand">pare</span> ${report.command}</p>
<h1>${title}</h1>
<p class="verdict${error && ' failed'}">${verdict(report)}</p>
${output && html`<p class="written">${layers || training ? 'Written to' : 'Compared with'} ${nodeName(output.path)}</p>`}
</header>
${error && failure(error)}${!error && report.met === false && missedLimits(report)}`;
}

function missedLimits({ limits = [] }: Report): Html {
  const missed = limits.filter(({ met }) => !met);
  return html`<aside class="notice bad" role="note"><h2>A stated limit was not met</h2>
${missed.length > 0 && html`<ul class="plain">${missed.map((limit) => html`<li>${limitText(limit)}</li>`)}</ul>`}
<p>The best result found was written all the same, so that it can be judged; the command ended with exit code 1.</p></aside>`;
}

function failure({ code, where, hint }: NonNullable<Report['error']>): Html {
  return html`<aside class="notice bad" role="note"><h2>${hint ? 'What to do' : 'Details'}</h2>
${hint && html`<p>${hint}</p>`}
<dl class="facts">${where && html`<div><dt>Where</dt><dd>${nodeName(where)}</dd></div>`}<div><dt>Code</dt><dd><code>${code}</code></dd></div></dl></aside>`;
}
