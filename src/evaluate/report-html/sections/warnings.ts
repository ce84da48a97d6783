import type { Report } from '../../report.ts';
import { formatFixed } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { nodeName } from '../node-name.ts';

const mostShown = 100;

/** What the command warned of. */
export function warnings({ warnings: all }: Report): Html | undefined {
  if (all.length === 0) return undefined;
  const shown = all.slice(0, mostShown);
  return html`<section><h2>${all.length === 1 ? 'One warning' : `${formatFixed(all.length, 0)} warnings`}</h2>
<ul class="plain warnings">${shown.map(({ code, where, message }) => html`<li><p>${message}</p><p class="note">${where && nodeName(where)}<code>${code}</code></p></li>`)}</ul>
${all.length > shown.length && html`<p class="note">The first ${shown.length} are shown; report.json has all.</p>`}</section>`;
}
