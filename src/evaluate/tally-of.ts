import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { classificationOutput } from './classification-output.ts';
import { ClassificationTally } from './classification-tally.ts';
import { decisionOutput } from './decision-output.ts';
import { DecisionTally } from './decision-tally.ts';
import { targetsMissing, unknownMetric } from './errors.ts';
import type { Metric, RegressionMetric, SequenceMetric, SummedMetric } from './metric.ts';
import { metrics } from './metrics/index.generated.ts';
import { positionReader } from './read-positions.ts';
import { valueReader } from './read-values.ts';
import { type AnswerReader, SummedTally } from './summed-tally.ts';
import type { Tally } from './tally.ts';
import { type FitsTargets, fitsPositions, fitsValues, targetOutput } from './target-output.ts';
import type { Step } from './walk-samples.ts';

/** What a model gave at the first step. */
export interface FirstAnswer {
  readonly outputNames: readonly string[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly step: Step;
}

type JudgedDataset = Pick<Dataset, 'name' | 'task' | 'judge' | 'state'>;

/**
 * What is to be gathered of a model's answers, by the data set's task; undefined where nothing can be said of them. The
 * state is no answer, so outputs that are fed back are passed over.
 * @param named the output to read; default the first that suits the task
 * @throws PareError where the task needs an output the model does not have, or another metric than there is
 */
export function tallyOf(given: FirstAnswer, dataset: JudgedDataset, named?: string): Tally | undefined {
  const fedBack = Object.keys(dataset.state ?? {});
  const answer = {
    ...given,
    outputNames: given.outputNames.filter((name) => name === named || !fedBack.includes(name)),
  };
  if (dataset.task === 'regression') {
    const read = (output: string) => valueReader(output, dataset.judge?.border ?? 0);
    return targetTally(answer, dataset, { known: regression, fits: fitsValues, read, named });
  }
  if (dataset.task === 'sequence')
    return targetTally(answer, dataset, {
      known: sequence,
      fits: fitsPositions,
      read: positionReader,
      named,
    });
  return unjudgedTally(answer, dataset, named);
}

const all = Object.values<Metric>(metrics);
const regression = all.filter((metric): metric is RegressionMetric => metric.task === 'regression');
const sequence = all.filter((metric): metric is SequenceMetric => metric.task === 'sequence');

interface TargetTask<Answer> {
  readonly known: readonly SummedMetric<Answer>[];
  readonly fits: FitsTargets;
  readonly read: (output: string) => AnswerReader<Answer>;
  readonly named: string | undefined;
}

function targetTally<Answer>(
  { step, ...answer }: FirstAnswer,
  { name, judge }: JudgedDataset,
  { known, fits, read, named }: TargetTask<Answer>,
): Tally {
  if (!step.targets) throw targetsMissing(name, step.first);
  const primary = known.find((metric) =>
    judge?.metric === undefined ? metric.isPrimary : metric.name === judge.metric,
  );
  if (!primary)
    throw unknownMetric(
      name,
      judge?.metric ?? '',
      known.map((metric) => metric.name),
    );
  const output = targetOutput({ ...answer, samples: step.rows }, step.targets, { fits, named });
  return new SummedTally({
    output,
    metrics: known,
    primary,
    read: read(output),
    samples: step.total,
    peak: judge?.peak,
  });
}

/** Of classes, with labels or without; else of a streaming model's decisions. */
function unjudgedTally(
  { step, ...answer }: FirstAnswer,
  dataset: JudgedDataset,
  named?: string,
): Tally | undefined {
  const chosen = dataset.judge?.metric;
  const counted = all
    .filter(({ task, isPrimary }) => task === dataset.task && isPrimary)
    .map(({ name }) => name);
  if (chosen !== undefined && !counted.includes(chosen)) throw unknownMetric(dataset.name, chosen, counted);
  const given = { ...answer, samples: step.rows };
  const scores = named === undefined ? classificationOutput(given, dataset) : undefined;
  const isUnjudged = dataset.task === 'none' && dataset.state !== undefined;
  const decision = isUnjudged && !scores ? decisionOutput(given, named) : undefined;
  if (decision !== undefined) return new DecisionTally(decision, step.total);
  const output = scores ?? classificationOutput(given, dataset, named);
  return output && new ClassificationTally({ output, samples: step.total, hasLabels: step.hasLabels });
}
