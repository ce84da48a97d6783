import type { Comparison, Report } from '../../report.ts';
import { formatDecibels } from '../format/format-decibels.ts';
import { formatFixed, formatNumber } from '../format/format-number.ts';
import { formatPercent } from '../format/format-percent.ts';
import { formatPoints } from '../format/format-points.ts';
import { type Html, html } from '../html.ts';

/** How near the model's outputs are to the original's. */
export function closeness({ comparison = {} }: Report): Html | undefined {
  const { agreement, drop, sqnrDb, mse, mae, cosine } = comparison;
  const facts = [
    agreement !== undefined && fact('Same answers', formatPercent(agreement) + agreementInterval(drop)),
    sqnrDb !== undefined && fact('Output SQNR', formatDecibels(sqnrDb)),
    cosine !== undefined && fact('Cosine similarity', formatFixed(cosine, 4)),
    mae !== undefined && fact('Mean absolute error', formatNumber(mae)),
    mse !== undefined && fact('Mean squared error', formatNumber(mse)),
  ].filter((part) => part !== false);
  if (facts.length === 0) return undefined;
  return html`<section><h2>Outputs against the original’s</h2><dl class="facts">${facts}</dl></section>`;
}

function agreementInterval(drop: Comparison['drop']): string {
  if (drop?.metric !== 'agreement') return '';
  const [low, high] = formatPoints(100 - drop.high, 100 - drop.low);
  return ` (95\u202f% interval ${low} to ${high}\u202f%)`;
}

function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}
