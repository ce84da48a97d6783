import type { Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';

/** What a fake model computes. */
export type FakeModel = (feeds: Readonly<Record<string, Tensor>>) => Record<string, Tensor>;

/** A session that answers with a function, and notes what it was asked for. */
export class FakeSession implements Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** The `fetches` of each run so far. */
  readonly asked: (readonly string[] | undefined)[] = [];
  readonly #model: FakeModel;

  constructor(inputNames: readonly string[], outputNames: readonly string[], model: FakeModel) {
    this.inputNames = inputNames;
    this.outputNames = outputNames;
    this.#model = model;
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    this.asked.push(fetches);
    const outputs = this.#model(feeds);
    return Object.fromEntries((fetches ?? this.outputNames).map((name) => [name, outputs[name]]));
  }

  async profile(): Promise<never[]> {
    return [];
  }

  async close(): Promise<void> {}
}
