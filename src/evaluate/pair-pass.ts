import type { Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { type ClassificationOutput, classificationOutput } from './classification-output.ts';
import { ClassificationTally } from './classification-tally.ts';
import { classCountDiffers } from './errors.ts';
import { OutputErrors } from './output-errors.ts';
import type { Predictions } from './predictions.ts';
import { scoresOf } from './scores-of.ts';
import type { Step } from './walk-samples.ts';

interface PairedModels {
  before: Pick<Session, 'outputNames'>;
  after: Pick<Session, 'outputNames'>;
  dataset: Pick<Dataset, 'task'>;
  output?: string;
}

/** What two models answered for one batch. */
interface PairedAnswer {
  step: Step;
  before: Readonly<Record<string, Tensor>>;
  after: Readonly<Record<string, Tensor>>;
}

/** What is gathered while two models go over the same batches; the first batch settles which outputs count. */
export class PairPass {
  readonly errors: OutputErrors;
  /** Absent where the models do not classify. */
  readonly #tallies: Record<'before' | 'after', ClassificationTally> | undefined;
  #samples = 0;

  /**
   * @param names the first model's output → the second's it is compared with
   * @throws PareError where the models' outputs cannot be compared
   */
  constructor(models: PairedModels, names: ReadonlyMap<string, string>, answer: PairedAnswer) {
    this.errors = new OutputErrors(names, answer.before);
    const { samples, total, labels } = answer.step;
    const outputs = { before: answer.before, after: answer.after };
    const found = classificationOutputs(models, names, { samples, outputs });
    const tally = (output: ClassificationOutput) =>
      new ClassificationTally({ output, samples: total, hasLabels: labels !== undefined });
    this.#tallies = found && { before: tally(found.before), after: tally(found.after) };
  }

  add({ step: { samples, labels, first }, before, after }: PairedAnswer): void {
    this.errors.add(before, after, first);
    this.#samples += samples;
    if (!this.#tallies) return;
    this.#tallies.before.add(scoresOf(this.#tallies.before.output, before, samples), labels);
    this.#tallies.after.add(scoresOf(this.#tallies.after.output, after, samples), labels);
  }

  /** The first and the second model's predictions. */
  predictions(classNames?: readonly string[]): [Predictions, Predictions] {
    if (!this.#tallies) return [{ samples: this.#samples }, { samples: this.#samples }];
    return [this.#tallies.before.predictions(classNames), this.#tallies.after.predictions(classNames)];
  }
}

interface FirstOutputs {
  samples: number;
  outputs: Record<'before' | 'after', Readonly<Record<string, Tensor>>>;
}

/** The output of each model the classes are read from; undefined where they do not classify. */
function classificationOutputs(
  { before, after, dataset, output }: PairedModels,
  names: ReadonlyMap<string, string>,
  { samples, outputs }: FirstOutputs,
): Record<'before' | 'after', ClassificationOutput> | undefined {
  // Unnamed, it must be one the second model has too; a named one that it lacks is an error there.
  const outputNames = output === undefined ? [...names.keys()] : before.outputNames;
  const first = classificationOutput({ outputNames, outputs: outputs.before, samples }, dataset, output);
  if (!first) return undefined;
  const counterpart = names.get(first.name) ?? first.name;
  const answer = { outputNames: after.outputNames, outputs: outputs.after, samples };
  const second = classificationOutput(answer, dataset, counterpart);
  if (!second) return undefined;
  if (first.classCount !== second.classCount) throw classCountDiffers(first.classCount, second.classCount);
  return { before: first, after: second };
}
