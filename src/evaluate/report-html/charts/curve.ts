import { type Html, html } from '../html.ts';
import { percentOf } from './percent-of.ts';
import { ticksOf } from './ticks-of.ts';

/** Values one after another, as a line. */
export interface Curve {
  readonly title: string;
  /** One a point; those not known break the line. */
  readonly values: readonly (number | undefined)[];
  /** What stands under the first and the last point. */
  readonly ends: readonly [first: string, last: string];
  /** The point that is marked, with its value in words. */
  readonly marked?: { readonly index: number; readonly text: string } | undefined;
  /** Text of a value on the axis. */
  format(value: number): string;
}

const HEIGHT = 160;

/** A line over a grid, as wide as there is room. */
export function curve({ title, values, ends, marked, format }: Curve): Html {
  const known = values.filter((value) => value !== undefined);
  const scale = ticksOf(Math.min(...known), Math.max(...known), 4);
  const [bottom, top] = [scale[0], scale[scale.length - 1]];
  const x = (i: number) => percentOf(i, 0, Math.max(values.length - 1, 1));
  // From the top downwards, as SVG counts.
  const y = (value: number) => percentOf(-value, -top, -bottom);
  const bare = (text: string) => text.replace('%', '');
  const points = values.flatMap((value, i) =>
    value === undefined ? [] : [`${bare(x(i))},${bare(y(value))}`],
  );
  const mark = marked && values[marked.index];
  return html`<figure class="curve"><h3>${title}</h3><div class="curve-plot"><svg width="100%" height="${HEIGHT}" role="img" aria-label="${title}"><title>${title}</title>
${scale.map((tick) => html`<line class="grid" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}"/><text x="-8" y="${y(tick)}" dy="4" text-anchor="end">${format(tick)}</text>`)}
<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none"><polyline class="line" points="${points.join(' ')}"/></svg>
${marked && mark !== undefined && html`<circle class="value" cx="${x(marked.index)}" cy="${y(mark)}" r="4.5"/>`}
<text x="0" y="${HEIGHT + 16}">${ends[0]}</text><text x="100%" y="${HEIGHT + 16}" text-anchor="end">${ends[1]}</text></svg></div>${marked && html`<figcaption>${marked.text}</figcaption>`}</figure>`;
}
