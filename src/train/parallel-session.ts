import type { Runner, Session } from '../base/runner.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { processesMissing } from './errors.ts';
import { shareOf } from './share-of.ts';
import { ofShare, type SplitStep, splitStep } from './split-step.ts';
import type { StepGraph } from './step-graph.ts';

/**
 * A step whose batch is shared out among engines, all but the first in processes of their own: every one makes the gradient of
 * its share, and the mean of all changes the parameters here. Statistics of batch normalization are each share's own, as in
 * PyTorch's DistributedDataParallel; running ones are their mean.
 * @param share the step for one share of the samples
 * @param threads of all together
 * @throws PareError `processes-missing` where the engine has none
 */
export async function parallelSession(
  share: StepGraph,
  shares: number,
  { runner, threads }: { runner: Runner; threads: number },
): Promise<Session> {
  const { apart } = runner;
  if (!apart) throw processesMissing(runner.engine.name);
  const split = splitStep(share, shares);
  const gradient = await modelToBytes(split.gradient);
  const options = { threads: Math.max(1, Math.floor(threads / shares)) };
  const started = await Promise.allSettled(Array.from({ length: shares - 1 }, () => apart()));
  const others = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    const update = await runner.load(await modelToBytes(split.update));
    const first = await runner.load(gradient, options);
    const rest = await Promise.all(others.map((each) => each.load(gradient, options)));
    const close = async () => {
      await Promise.all([...others, first, update].map((each) => each.close()));
    };
    return { ...sharing(split, [first, ...rest], update), close };
  } catch (error) {
    await Promise.all(others.map((each) => each.close()));
    throw error;
  }
}

function sharing(
  { gradient, shared }: SplitStep,
  workers: readonly Session[],
  update: Session,
): Omit<Session, 'close'> {
  const shown = gradient.graph.inputs.map(({ name }) => name);
  return {
    inputNames: [...new Set([...shown, ...update.inputNames])],
    outputNames: update.outputNames,
    async run(feeds, fetches) {
      // The first blocks this process while it works: it comes last.
      const turned = [...workers.entries()].reverse();
      const parts = await Promise.all(
        turned.map(async ([i, session]) => {
          const results = await session.run(shareOf(feeds, gradient, i, workers.length));
          return shared.map((name) => [ofShare(name, i), results[name]]);
        }),
      );
      const held = update.inputNames.filter((name) => Object.hasOwn(feeds, name));
      const own = held.map((name) => [name, feeds[name]]);
      return update.run(Object.fromEntries([...own, ...parts.flat()]), fetches);
    },
    profile: () => update.profile(),
  };
}
