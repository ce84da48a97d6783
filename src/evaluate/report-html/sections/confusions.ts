import type { Measured, Report } from '../../report.ts';
import { bar } from '../charts/bar.ts';
import { formatFixed } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';

const mostShown = 12;

interface Mistake {
  actual: string;
  predicted: string;
  before: number | undefined;
  after: number | undefined;
}

/** The most frequent mistakes, before and after. A dash: not among the most frequent of that side. */
export function confusions({ before, after }: Report): Html | undefined {
  const mistakes = joined(before?.confusions ?? [], after?.confusions ?? []).slice(0, mostShown);
  if (mistakes.length === 0) return undefined;
  const most = mistakes.reduce((n, { before: old, after: now }) => Math.max(n, old ?? 0, now ?? 0), 0);
  return html`<section><h2>Most frequent mistakes</h2>
<table class="mistakes"><thead><tr><th scope="col">Is</th><th scope="col">Taken for</th>${before?.confusions && html`<th scope="col" class="times">${after ? 'Before' : 'Times'}</th>`}${after?.confusions && html`<th scope="col" class="times">${before ? 'After' : 'Times'}</th>`}</tr></thead>
<tbody>${mistakes.map((mistake) => html`<tr><th scope="row">${label(mistake.actual)}</th><td>${label(mistake.predicted)}</td>${before?.confusions && times(mistake.before, most, 'before')}${after?.confusions && times(mistake.after, most, 'after')}</tr>`)}</tbody></table></section>`;
}

function label(text: string): Html {
  return html`<bdi>${text.length > 80 ? `${text.slice(0, 80)}…` : text}</bdi>`;
}

function times(count: number | undefined, most: number, role: 'before' | 'after'): Html {
  if (count === undefined) return html`<td class="times"><div><span class="count">–</span></div></td>`;
  return html`<td class="times"><div><span class="count">${formatFixed(count, 0)}</span>${bar({ value: count, scaleMax: most }, role)}</div></td>`;
}

type Confusions = NonNullable<Measured['confusions']>;

function joined(before: Confusions, after: Confusions): Mistake[] {
  const mistakes = new Map<string, Mistake>();
  const take = (list: Confusions, side: 'before' | 'after') => {
    for (const { actual, predicted, count } of list) {
      const key = JSON.stringify([actual, predicted]);
      const known = mistakes.get(key) ?? { actual, predicted, before: undefined, after: undefined };
      mistakes.set(key, { ...known, [side]: count });
    }
  };
  take(before, 'before');
  take(after, 'after');
  const weight = ({ before: old, after: now }: Mistake) => Math.max(old ?? 0, now ?? 0);
  return [...mistakes.values()].sort((a, b) => weight(b) - weight(a));
}
