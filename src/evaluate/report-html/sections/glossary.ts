import type { Metric } from '../../metric.ts';
import { metrics } from '../../metrics/index.generated.ts';
import type { Report } from '../../report.ts';
import { capitalized } from '../capitalized.ts';
import { type Html, html } from '../html.ts';

interface Entry {
  term: string;
  meaning: string;
  isUsed: (report: Report) => boolean;
}

const entries: readonly Entry[] = [
  {
    term: 'Top-1, top-5',
    meaning: 'Share of samples whose right answer is the model’s first guess, or among its first five.',
    isUsed: ({ before, after }) => (after ?? before)?.metrics?.top1 !== undefined,
  },
  {
    term: 'Agreement',
    meaning:
      'Share of samples for which both models give the same answer, right or wrong. It needs no labels and shows changes that accuracy hides, where mistakes are swapped for other mistakes.',
    isUsed: ({ comparison }) => comparison?.agreement !== undefined,
  },
  {
    term: '95 % interval',
    meaning:
      'Other samples of the same kind would have given another figure; in 95 of 100 such draws the interval holds the true one. If it holds zero, no real change was shown. Found by drawing the samples anew, in pairs (bootstrap).',
    isUsed: ({ comparison }) => comparison?.drop !== undefined,
  },
  {
    term: 'SQNR',
    meaning:
      'Signal to quantization noise ratio: how strong a layer’s values are against the error rounding brought in. Every 10 dB is a tenth of the error’s power; each bit more gains about 6 dB.',
    isUsed: ({ layers, comparison }) => (layers?.length ?? 0) > 0 || comparison?.sqnrDb !== undefined,
  },
  {
    term: 'Range and distribution',
    meaning:
      'The range is the interval of a layer’s output that its integers can express, found on calibration data; values outside are clipped to its ends. The small charts show how often values occur, on a logarithmic scale, with the ends of the range as brackets.',
    isUsed: ({ layers }) => layers?.some(({ range, histogram }) => range ?? histogram) ?? false,
  },
  {
    term: 'Latency',
    meaning:
      'Time of one run of the model on the engine and processor named above; half of the runs were faster than the median.',
    isUsed: ({ before, after }) => (after ?? before)?.latencyMs !== undefined,
  },
  {
    term: 'Speed-up',
    meaning:
      'How many times faster, from runs of both models taken in turn, so that a busy machine disturbs both alike.',
    isUsed: ({ comparison }) => comparison?.speedup !== undefined,
  },
];

/** Metrics of targets, which people know less well than those of classes, in the words of their records. */
const metricEntries: readonly Entry[] = Object.values<Metric>(metrics)
  .filter(({ task }) => task !== 'classification')
  .map(({ name, label, summary }) => ({
    term: capitalized(label),
    meaning: summary,
    isUsed: ({ before, after }) => Object.hasOwn((after ?? before)?.metrics ?? {}, name),
  }));

/** The words this report uses, explained. Undefined where it uses none of them. */
export function glossary(report: Report): Html | undefined {
  const used = [...entries, ...metricEntries].filter(({ isUsed }) => isUsed(report));
  if (used.length === 0) return undefined;
  return html`<section><h2>How to read this</h2><dl class="glossary">${used.map(({ term, meaning }) => html`<div><dt>${term}</dt><dd>${meaning}</dd></div>`)}</dl></section>`;
}
