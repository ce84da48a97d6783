import type { Measured, Report } from '../report.ts';
import { capitalized } from './capitalized.ts';
import { formatBytes } from './format/format-bytes.ts';
import { formatDifferences } from './format/format-differences.ts';
import { formatDuration } from './format/format-duration.ts';
import { formatMetric } from './format/format-metric.ts';
import { formatMilliseconds } from './format/format-milliseconds.ts';
import { formatFixed } from './format/format-number.ts';
import { formatPercent } from './format/format-percent.ts';
import { formatPoints } from './format/format-points.ts';
import { formatRatio } from './format/format-ratio.ts';
import { unitWord } from './format/unit-word.ts';
import { isHigherBetter, metricName, primaryMetric } from './metric-name.ts';

/** Ratios nearer to one than this are no change worth a word. */
const sameWithin = 0.005;

/** `3.6× smaller`; undefined where a side is unknown or empty. */
export function sizeChange(report: Report): string | undefined {
  const { before, after } = report;
  if (!before || !after || before.bytes <= 0 || after.bytes <= 0) return undefined;
  return change(before.bytes / after.bytes, 'smaller', 'larger', 'same size');
}

/** `1.9× faster`; an interval that holds 1 is no change that can be told. */
export function speedChange(report: Report): string | undefined {
  const speedup = report.comparison?.speedup;
  if (speedup && speedup.low <= 1 && speedup.high >= 1) {
    return `no clear change in speed (${formatRatio(speedup.median)})`;
  }
  const ratio = speedup?.median ?? medianRatio(report);
  return ratio === undefined ? undefined : change(ratio, 'faster', 'slower', 'same speed');
}

/** `0.1 point lower top-1`, `0.02 dB lower PSNR`; undefined where no metric but agreement was measured. */
export function accuracyChange(report: Report): string | undefined {
  const drop = report.comparison?.drop;
  if (!drop || drop.metric === 'agreement') return undefined;
  const name = metricName(drop.metric);
  if (drop.points === 0) return `same ${name}`;
  const size = Math.abs(drop.points);
  const [text] = formatDifferences(drop.unit, size, drop.low, drop.high);
  const isLower = drop.points > 0 === isHigherBetter(drop.metric);
  return `${text}${unitWord(drop.unit, size <= 1)} ${isLower ? 'lower' : 'higher'} ${name}`;
}

/** The result in one plain sentence with its figures. */
export function verdict(report: Report): string {
  if (report.error) return `Failed: ${report.error.message}`;
  const changes = [sizeChange(report), speedChange(report), accuracyWithInterval(report)].filter(
    (part) => part !== undefined,
  );
  const sentence = [changes.join(', '), sameAnswers(report)].filter((part) => part).join('; ');
  return `${capitalized(sentence || alone(report))}.`;
}

function change(ratio: number, more: string, less: string, same: string): string {
  if (Math.abs(ratio - 1) < sameWithin) return same;
  return ratio > 1 ? `${formatRatio(ratio)} ${more}` : `${formatRatio(1 / ratio)} ${less}`;
}

function medianRatio({ before, after }: Report): number | undefined {
  if (!before?.latencyMs || !after?.latencyMs) return undefined;
  const ratio = before.latencyMs.median / after.latencyMs.median;
  return Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

function accuracyWithInterval(report: Report): string | undefined {
  const words = accuracyChange(report);
  const drop = report.comparison?.drop;
  if (!words || !drop) return undefined;
  // The interval is told in the sentence's own direction: of the gain where the metric rose.
  const ends = drop.points < 0 ? ([-drop.high, -drop.low] as const) : ([drop.low, drop.high] as const);
  const [low, high] = formatDifferences(drop.unit, ...ends, drop.points);
  return `${words} (95\u202f% interval ${low} to ${high})`;
}

function sameAnswers({ comparison }: Report): string | undefined {
  if (comparison?.agreement === undefined) return undefined;
  const words = `${formatPercent(comparison.agreement)} same answers`;
  const { drop } = comparison;
  if (drop?.metric !== 'agreement') return words;
  // Here the drop is 100 − agreement, in points.
  const [low, high] = formatPoints(100 - drop.high, 100 - drop.low);
  return `${words} (95\u202f% interval ${low} to ${high}\u202f%)`;
}

/** For a model that is compared with nothing. */
function alone(report: Report): string {
  const model = report.after ?? report.before;
  if (!model) return `done in ${formatDuration(report.seconds)}`;
  return [accuracyOf(model), latencyOf(model), formatBytes(model.bytes)]
    .filter((part) => part !== undefined)
    .join(', ');
}

function accuracyOf({ metrics, samples }: Measured): string | undefined {
  const name = primaryMetric(metrics);
  if (metrics === undefined || name === undefined) return undefined;
  const on = samples === undefined ? '' : ` on ${formatFixed(samples, 0)} samples`;
  return `${metricName(name)} ${formatMetric(name, metrics[name])}${on}`;
}

function latencyOf({ latencyMs }: Measured): string | undefined {
  if (!latencyMs) return undefined;
  return `${formatMilliseconds(latencyMs.median)} a run (batch\u00a0${formatFixed(latencyMs.batch, 0)})`;
}
