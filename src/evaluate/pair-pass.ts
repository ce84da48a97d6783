import type { Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { classCountDiffers } from './errors.ts';
import { OutputErrors } from './output-errors.ts';
import type { Predictions } from './predictions.ts';
import type { Tally } from './tally.ts';
import { tallyOf } from './tally-of.ts';
import type { Step } from './walk-samples.ts';

interface PairedModels {
  before: Pick<Session, 'outputNames'>;
  after: Pick<Session, 'outputNames'>;
  dataset: Pick<Dataset, 'name' | 'task' | 'judge' | 'state'>;
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
  /** Absent where nothing can be said of the answers. */
  readonly #tallies: Record<'before' | 'after', Tally> | undefined;
  #samples = 0;

  /**
   * @param names the first model's output → the second's it is compared with
   * @throws PareError where the models' outputs cannot be compared
   */
  constructor(models: PairedModels, names: ReadonlyMap<string, string>, answer: PairedAnswer) {
    this.errors = new OutputErrors(answersOf(names, models.dataset), answer.before);
    this.#tallies = pairedTallies(models, names, answer);
  }

  add({ step, before, after }: PairedAnswer): void {
    this.errors.add(before, after, step.first);
    this.#samples += step.samples;
    this.#tallies?.before.add(before, step);
    this.#tallies?.after.add(after, step);
  }

  /** The first and the second model's predictions. */
  predictions(classNames?: readonly string[]): [Predictions, Predictions] {
    if (!this.#tallies) return [{ samples: this.#samples }, { samples: this.#samples }];
    return [this.#tallies.before.predictions(classNames), this.#tallies.after.predictions(classNames)];
  }
}

/** The outputs that are compared: not the state, whose errors show in the answers, unless there is nothing else. */
function answersOf(
  names: ReadonlyMap<string, string>,
  { state = {} }: Pick<Dataset, 'state'>,
): ReadonlyMap<string, string> {
  const answers = new Map([...names].filter(([name]) => !Object.hasOwn(state, name)));
  return answers.size > 0 ? answers : names;
}

/** What is gathered of each model's answers, from outputs that belong together. */
function pairedTallies(
  { before, after, dataset, output }: PairedModels,
  names: ReadonlyMap<string, string>,
  answer: PairedAnswer,
): Record<'before' | 'after', Tally> | undefined {
  const { step } = answer;
  // Unnamed, it must be one the second model has too; a named one that it lacks is an error there.
  const outputNames = output === undefined ? [...names.keys()] : before.outputNames;
  const first = tallyOf({ outputNames, outputs: answer.before, step }, dataset, output);
  if (!first) return undefined;
  const counterpart = names.get(first.output) ?? first.output;
  const second = tallyOf(
    { outputNames: after.outputNames, outputs: answer.after, step },
    dataset,
    counterpart,
  );
  if (!second) return undefined;
  const [classesBefore, classesAfter] = [first.classCount, second.classCount];
  if (classesBefore !== undefined && classesAfter !== undefined && classesBefore !== classesAfter)
    throw classCountDiffers(classesBefore, classesAfter);
  return { before: first, after: second };
}
