import type { Tensor } from './tensor.ts';

/** One step of a sequence; `inputs` hold an initial value for every input that is fed back. */
export interface SequenceStep {
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Every state starts anew. */
  readonly sequenceStart?: boolean | undefined;
}

/**
 * Carries a streaming model's state from one step to the next: what an output gave is fed to its input. One a model, for
 * two models never share their states. Of a model without state it changes nothing.
 */
export class StateFeedback {
  readonly #state: readonly (readonly [output: string, input: string])[];
  readonly #held = new Map<string, Tensor>();

  /** @param state model output → the model input it is fed to at the next step */
  constructor(state: Readonly<Record<string, string>> = {}) {
    this.#state = Object.entries(state);
  }

  /** What to fetch of a run of which `fetches` are wanted: these and the state. */
  fetches(fetches: readonly string[]): string[] {
    return [...new Set([...fetches, ...this.#state.map(([output]) => output)])];
  }

  /** What the model gets at this step. */
  feeds({ inputs, sequenceStart }: SequenceStep): Readonly<Record<string, Tensor>> {
    if (sequenceStart) this.#held.clear();
    return this.#held.size === 0 ? inputs : { ...inputs, ...Object.fromEntries(this.#held) };
  }

  /** Keeps the state among what the run of this step gave. */
  take(outputs: Readonly<Record<string, Tensor>>): void {
    for (const [output, input] of this.#state) this.#held.set(input, outputs[output]);
  }
}
