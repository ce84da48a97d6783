import type { ClassCount } from './class-counts.ts';
import { ClassCounts } from './class-counts.ts';
import type { ClassificationMetric } from './metric.ts';

/** What tells one macro-averaged metric from another. */
interface MacroMetric {
  name: string;
  label: string;
  summary: string;
  /** A class's ratio as [numerator, denominator]; 0/0 counts as 0. */
  score: (count: ClassCount) => readonly [number, number];
}

/** A classification metric that is the mean of a ratio over the classes that occur in labels or predictions. */
export function macroMetric({ score, ...facts }: MacroMetric): ClassificationMetric {
  return {
    ...facts,
    task: 'classification',
    higherIsBetter: true,
    unit: 'fraction',
    isPrimary: false,
    minClasses: 2,
    create(classCount) {
      const counts = new ClassCounts(classCount);
      return { add: (batch) => counts.add(batch), value: () => counts.macro(score) };
    },
  };
}
