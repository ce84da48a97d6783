import type { Runner } from '../base/runner.ts';
import { blockSize } from '../blocked/block-size.ts';
import { nchwcDomain } from '../blocked/nchwc.ts';
import type { Warning } from '../evaluate/report.ts';
import { backendUnavailable } from './errors.ts';
import { stepDifference } from './step-difference.ts';
import type { StepGraph } from './step-graph.ts';
import type { StepInputs } from './trainer.ts';

/** `auto` takes the blocked kernels where they are there and give the same results. */
export type BackendChoice = 'auto' | 'standard' | 'blocked';

export interface ChosenStepGraph {
  readonly graph: StepGraph;
  readonly backend: 'standard' | 'blocked';
  /** The same step in standard operators. */
  readonly standard: StepGraph;
  readonly warnings: readonly Warning[];
}

interface Circumstances {
  readonly choice: BackendChoice;
  readonly runner: Runner;
  readonly threads: number;
  /** What the first step is shown. */
  readonly first: (graph: StepGraph) => Promise<StepInputs>;
}

/**
 * The step on the engine's blocked kernels, after its first step was seen to do the same as that of standard operators; else
 * these, with a warning that says why.
 * @param make the step's graph, for kernels on blocks of so many channels, or in standard operators
 */
export async function chooseStepGraph(
  make: (block?: number) => Promise<StepGraph>,
  { choice, runner, threads, first }: Circumstances,
): Promise<ChosenStepGraph> {
  const standard = await make();
  const inStandard = (warnings: readonly Warning[] = []): ChosenStepGraph => ({
    graph: standard,
    backend: 'standard',
    standard,
    warnings,
  });
  const instead = (reason: string) => {
    if (choice === 'blocked') throw backendUnavailable(reason);
    return inStandard([warning(reason)]);
  };
  if (choice === 'standard') return inStandard();
  const block = await blockSize(runner);
  if (block === undefined)
    return instead(`${runner.engine.name} has no kernels for blocks of channels on this processor`);
  const graph = await make(block);
  // Nets without convolutions of planes have nothing to gain.
  if (![...graph.model.graph.nodes].some(({ domain }) => domain === nchwcDomain))
    return choice === 'blocked' ? instead('it has no convolution of planes') : inStandard();
  const difference = await stepDifference(graph, standard, await first(standard), { runner, threads });
  return difference === undefined
    ? { graph, backend: 'blocked', standard, warnings: [] }
    : instead(`the first step on blocks of channels differs from that in standard operators: ${difference}`);
}

function warning(reason: string): Warning {
  return {
    code: 'standard-backend',
    where: '--backend',
    message: `Trained in standard operators, which is slower: ${reason}.`,
  };
}
