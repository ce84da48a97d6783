import type { EpochReport, TrainingReport } from '../../report.ts';
import { capitalized } from '../capitalized.ts';
import { curve } from '../charts/curve.ts';
import { formatMetric } from '../format/format-metric.ts';
import { formatNumber } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { metricName } from '../metric-name.ts';

/** Loss and validation, epoch by epoch. */
export function training(report: TrainingReport | undefined): Html | undefined {
  if (!report || report.epochs.length === 0) return undefined;
  const { epochs, metric, chosen, backend } = report;
  const ends = [`epoch ${epochs[0].epoch}`, `epoch ${epochs[epochs.length - 1].epoch}`] as const;
  const index = epochs.findIndex(({ epoch }) => epoch === chosen);
  const mark = (text: (epoch: EpochReport) => string) =>
    index < 0 ? undefined : { index, text: `${text(epochs[index])} in epoch ${chosen}` };
  const loss = curve({
    title: 'Loss',
    values: epochs.map((epoch) => epoch.loss),
    ends,
    marked: mark(({ loss }) => formatNumber(loss)),
    format: formatNumber,
  });
  const judged =
    metric !== undefined &&
    curve({
      title: `${capitalized(metricName(metric))}, on samples kept aside`,
      values: epochs.map(({ validation }) => validation?.[metric]),
      ends,
      marked: mark(({ validation }) => formatMetric(metric, validation?.[metric] ?? Number.NaN)),
      format: (value) => formatMetric(metric, value),
    });
  return html`<section><h2>Training</h2>
<p class="lead">Mean loss of each epoch’s steps${metric !== undefined && ', and how good the model was after it on samples it was not trained on'}. ${chosen === 0 ? 'No epoch was better than the model as it was, which was written unchanged.' : `The parameters of epoch ${chosen} were written.`}${backend === 'blocked' && ' Steps ran on ONNX Runtime’s kernels for blocks of channels.'}</p>
<div class="pair">${loss}${judged}</div></section>`;
}
