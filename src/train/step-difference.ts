import type { Runner } from '../base/runner.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';
import { type StepInputs, Trainer } from './trainer.ts';

/** Rounding in another order; a loss is a mean. */
const LOSS_TOLERANCE = 1e-4;
/**
 * Of a parameter's gradient, by length: its own and, as gradients may be small sums of large numbers, the whole one's. Where
 * rounding moves an activation across the kink of a ReLU, single gradients differ much: PyTorch's float32 is up to 2 % off its
 * own float64 (research/training.md §1).
 */
const [OWN_TOLERANCE, WHOLE_TOLERANCE] = [0.1, 0.02];

/**
 * What differs when two graphs of the same step make their first step; undefined where it is rounding only. Also a graph that
 * the engine refuses differs.
 */
export async function stepDifference(
  graph: StepGraph,
  reference: StepGraph,
  inputs: StepInputs,
  { runner, threads }: { runner: Runner; threads: number },
): Promise<string | undefined> {
  const wanted = await firstStep(reference, inputs, { runner, threads });
  let found: FirstStep;
  try {
    found = await firstStep(graph, inputs, { runner, threads });
  } catch (error) {
    return `the engine refuses it (${String(error)})`;
  }
  // A step that breaks down does so in either form.
  if (!Number.isFinite(wanted.loss)) return undefined;
  if (!(Math.abs(found.loss - wanted.loss) <= LOSS_TOLERANCE * Math.max(1, Math.abs(wanted.loss))))
    return `loss ${found.loss} instead of ${wanted.loss}`;
  for (const [name, vector] of Object.entries(wanted.moved)) {
    const whole = lengthOf(vector);
    // So does a gradient that is not finite.
    if (!Number.isFinite(whole)) continue;
    for (const { name: parameter, offset, length } of reference.parameters.entries) {
      const [a, b] = [found.moved[name], vector].map((each) => each.subarray(offset, offset + length));
      const distance = lengthOf(a.map((x, i) => x - b[i]));
      if (!(distance <= OWN_TOLERANCE * lengthOf(b) + WHOLE_TOLERANCE * whole))
        return `"${name}" of "${parameter}" is off by ${((100 * distance) / lengthOf(b)).toPrecision(2)} %`;
    }
  }
  return undefined;
}

interface FirstStep {
  readonly loss: number;
  /** What follows from gradients smoothly: their sum, the optimizer's memory, or parameters where there is neither. */
  readonly moved: Readonly<Record<string, Float32Array>>;
}

async function firstStep(
  graph: StepGraph,
  inputs: StepInputs,
  { runner, threads }: { runner: Runner; threads: number },
): Promise<FirstStep> {
  const trainer = await Trainer.open(graph, runner, { threads });
  try {
    const loss = await trainer.run(inputs);
    const { vectors } = trainer.state;
    const memory = Object.entries(vectors).filter(
      ([name]) => name.startsWith(stepNames.state('')) || name === stepNames.accumulated,
    );
    if (memory.length > 0) return { loss, moved: Object.fromEntries(memory) };
    const [before, after] = [graph.start, vectors].map((each) => each[stepNames.parameters]);
    return { loss, moved: { [stepNames.parameters]: after.map((x, i) => x - before[i]) } };
  } finally {
    await trainer.close();
  }
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}
