import type { LayerReport } from '../../report.ts';
import { formatNumber } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';

const width = 128;
const height = 30;
const mostBins = 48;

/** Sums neighbours so that at most `mostBins` remain; the last one may hold fewer of the old bins. */
function coarsened(counts: readonly number[]): { sums: number[]; binsPerSum: number } {
  const binsPerSum = Math.max(1, Math.ceil(counts.length / mostBins));
  const sums = new Array<number>(Math.ceil(counts.length / binsPerSum)).fill(0);
  for (let i = 0; i < counts.length; i++) sums[Math.floor(i / binsPerSum)] += Math.max(0, counts[i]);
  return { sums, binsPerSum };
}

/**
 * The distribution of a layer's output with the ends of its calibrated range marked; values beyond the marks are
 * clipped by the quantizer. Heights are logarithmic: a range is decided by its rare values.
 * Undefined where there is nothing to draw.
 */
export function histogramSparkline({ histogram, range }: LayerReport): Html | undefined {
  if (!histogram || histogram.counts.length === 0 || !(histogram.max > histogram.min)) return undefined;
  const min = Math.min(histogram.min, range?.min ?? histogram.min);
  const max = Math.max(histogram.max, range?.max ?? histogram.max);
  const x = (value: number) => Number((2 + ((value - min) / (max - min)) * (width - 4)).toFixed(2));
  const { sums, binsPerSum } = coarsened(histogram.counts);
  const binWidth = ((histogram.max - histogram.min) / histogram.counts.length) * binsPerSum;
  const most = sums.reduce((a, b) => Math.max(a, b), 0);
  const y = (count: number) =>
    Number((height - 2 - (Math.log1p(count) / Math.log1p(most || 1)) * (height - 5)).toFixed(2));
  const outline = sums
    .map((count, i) => {
      const right = Math.min(histogram.max, histogram.min + (i + 1) * binWidth);
      return `V${y(count)}H${x(right)}`;
    })
    .join('');
  const label = `Values ${formatNumber(histogram.min)} to ${formatNumber(histogram.max)}${range ? `, range ${formatNumber(range.min)} to ${formatNumber(range.max)}` : ''}`;
  return html`<svg class="sparkline" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><title>${label}</title><path class="area" d="M${x(histogram.min)} ${height - 2}${outline}V${height - 2}Z"/><line class="base" x1="0" x2="${width}" y1="${height - 1.5}" y2="${height - 1.5}"/>${range && rangeMarks(x(range.min), x(range.max))}</svg>`;
}

/** Clipped sides are veiled, the ends drawn as brackets. */
function rangeMarks(low: number, high: number): Html {
  return html`<rect class="clipped" x="0" y="0" width="${Math.max(0, low)}" height="${height}"/><rect class="clipped" x="${high}" y="0" width="${Math.max(0, width - high)}" height="${height}"/><path class="ends" d="M${low + 3} 1H${low}V${height - 1}h3M${high - 3} 1H${high}V${height - 1}h-3"/>`;
}
