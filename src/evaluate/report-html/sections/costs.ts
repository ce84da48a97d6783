import type { Measured, Report } from '../../report.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { formatMilliseconds } from '../format/format-milliseconds.ts';
import { formatRatio } from '../format/format-ratio.ts';
import { type Html, html } from '../html.ts';
import { valueHeads } from './value-heads.ts';

interface Cost {
  name: string;
  of: (side: Measured) => number | undefined;
  format: (value: number) => string;
}

const costs: readonly Cost[] = [
  { name: 'File size', of: (side) => side.bytes, format: formatBytes },
  { name: 'Latency', of: (side) => side.latencyMs?.median, format: formatMilliseconds },
  { name: 'Parameters', of: (side) => side.parameters, format: formatCount },
  { name: 'Multiply–adds a sample', of: (side) => side.macs, format: formatCount },
];

/** What the model costs, before and after. */
export function costTable({ before, after }: Report): Html | undefined {
  if (!before && !after) return undefined;
  const both = before !== undefined && after !== undefined;
  const rows = costs.map(({ name, of, format }) => {
    const [old, now] = [before && of(before), after && of(after)];
    if (old === undefined && now === undefined) return undefined;
    const cell = (value: number | undefined) => html`<td>${value === undefined ? '–' : format(value)}</td>`;
    return html`<tr><th scope="row">${name}</th>${before && cell(old)}${after && cell(now)}${both && html`<td>${ratio(old, now)}</td>`}</tr>`;
  });
  return html`<section><h2>Cost</h2><table class="numbers"><thead><tr><th scope="col">Quantity</th>${valueHeads(before !== undefined, after !== undefined, 'Before ∶ after')}</tr></thead><tbody>${rows}</tbody></table></section>`;
}

function ratio(before: number | undefined, after: number | undefined): string {
  return !before || !after ? '–' : formatRatio(before / after);
}
