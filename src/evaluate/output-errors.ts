import type { Tensor } from '../base/tensor.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';
import { describeTensor } from './classification-output.ts';
import { nonFiniteOutput, nothingToCompare, outputShapeDiffers } from './errors.ts';
import { floatValues } from './float-values.ts';

type Outputs = Readonly<Record<string, Tensor>>;

/** Gathers how far the second model's floating point outputs are from the first's. */
export class OutputErrors {
  readonly #names: ReadonlyMap<string, string>;
  readonly #byOutput = new Map<string, ErrorStatistics>();

  /**
   * @param names the first model's output → the second's it is compared with
   * @param outputs what the first model answered for a batch: tells which outputs are floating point
   * @throws PareError where none is
   */
  constructor(names: ReadonlyMap<string, string>, outputs: Outputs) {
    this.#names = names;
    for (const name of names.keys()) {
      if (floatValues(outputs[name])) this.#byOutput.set(name, new ErrorStatistics());
    }
    if (this.#byOutput.size === 0) throw nothingToCompare([...names.keys()]);
  }

  /** The first model's outputs that are compared. */
  get namesBefore(): string[] {
    return [...this.#byOutput.keys()];
  }

  /** The second model's outputs they are compared with. */
  get namesAfter(): string[] {
    return this.namesBefore.map((name) => this.#names.get(name) ?? name);
  }

  /** Takes what both models answered for the batch that starts at sample `first`. */
  add(before: Outputs, after: Outputs, first: number): void {
    for (const [name, statistics] of this.#byOutput) {
      const a = before[name];
      const b = after[this.#names.get(name) ?? name];
      const x = floatValues(a);
      const y = floatValues(b);
      if (!x || !y || a.shape.join() !== b.shape.join()) {
        throw outputShapeDiffers(name, describeTensor(a), describeTensor(b));
      }
      statistics.add(x, y);
      if (statistics.nonFinite > 0) throw nonFiniteOutput(name, first, statistics.nonFinite);
    }
  }

  /** Statistics of each compared output. */
  get byOutput(): ReadonlyMap<string, ErrorStatistics> {
    return this.#byOutput;
  }

  /** Statistics of all compared outputs together. */
  pooled(): ErrorStatistics {
    const all = new ErrorStatistics();
    for (const statistics of this.#byOutput.values()) all.merge(statistics);
    return all;
  }
}
