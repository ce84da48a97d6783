import type { Metric, MetricFacts } from '../metric.ts';
import { metrics } from '../metrics/index.generated.ts';

/** Metrics by name, and agreement, which compares two models and so has no record. */
const known: Readonly<Record<string, Pick<MetricFacts, 'label' | 'unit' | 'higherIsBetter' | 'isPrimary'>>> =
  {
    ...(metrics satisfies Record<string, Metric>),
    agreement: { label: 'agreement', unit: 'fraction', higherIsBetter: true, isPrimary: false },
  };

/** What pare knows of a metric of the report; undefined for names it does not know, which are data. */
export function metricFacts(metric: string): (typeof known)[string] | undefined {
  return Object.hasOwn(known, metric) ? known[metric] : undefined;
}

/** What a metric of the report is called in a sentence; names pare does not know stand as they are. */
export function metricName(metric: string): string {
  return metricFacts(metric)?.label ?? metric;
}

/** True for the metrics pare knows to be fractions 0..1, which are shown in per cent. */
export function isFractionMetric(metric: string): boolean {
  return metricFacts(metric)?.unit === 'fraction';
}

/** Of metrics pare does not know, more is taken for better. */
export function isHigherBetter(metric: string): boolean {
  return metricFacts(metric)?.higherIsBetter ?? true;
}

/** The one of the measured metrics that tells most, if pare knows it. */
export function primaryMetric(measured: Readonly<Record<string, number>> = {}): string | undefined {
  return Object.keys(measured).find((name) => metricFacts(name)?.isPrimary);
}
