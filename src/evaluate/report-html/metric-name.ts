const names: Readonly<Record<string, string>> = {
  top1: 'top-1',
  top5: 'top-5',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
  agreement: 'agreement',
};

/** What a metric of the report is called in a sentence; names pare does not know stand as they are. */
export function metricName(metric: string): string {
  return Object.hasOwn(names, metric) ? names[metric] : metric;
}

/** True for the metrics pare knows to be fractions 0..1, which are shown in per cent. */
export function isFractionMetric(metric: string): boolean {
  return Object.hasOwn(names, metric);
}
