import { expect, test } from 'vitest';
import { losses } from '../autodiff/losses/index.generated.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import { Rng } from '../base/rng.ts';
import type { Runner, Session } from '../base/runner.ts';
import { blockSize } from '../blocked/block-size.ts';
import { zoo } from '../nn/zoo/index.generated.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type BackendChoice, chooseStepGraph } from './choose-step-graph.ts';
import { stepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';
import type { StepInputs } from './trainer.ts';

const runner = await ortNode();
const hasKernels = (await blockSize(runner)) !== undefined;
const BATCH = 5;

async function choose(net: 'ds-cnn' | 'mlp-784-128-10', choice: BackendChoice, engine: Runner) {
  const model = zoo[net].build(zoo[net].options.parse({}) as never, 1);
  const { 'cross-entropy': loss } = losses;
  const make = (block?: number) =>
    stepGraph(model, {
      batch: BATCH,
      loss,
      lossOptions: loss.options.parse({}),
      optimizer: optimizers.sgd,
      optimizerOptions: optimizers.sgd.options.parse({ momentum: 0.9 }),
      block,
    });
  const [input] = model.graph.inputs;
  if (input.type?.kind !== 'tensor') throw new Error('a tensor goes in');
  const shape = [BATCH, ...input.type.shape!.slice(1)] as number[];
  const rng = new Rng(2);
  const first = async (): Promise<StepInputs> => ({
    inputs: {
      [input.name]: {
        dtype: 'float',
        shape,
        data: Float32Array.from({ length: shape.reduce((product, n) => product * n) }, () => rng.normal()),
      },
    },
    target: { dtype: 'int64', shape: [BATCH], data: BigInt64Array.from({ length: BATCH }, () => 3n) },
    rate: 0.1,
  });
  return chooseStepGraph(make, { choice, runner: engine, threads: 1, first });
}

/** An engine that treats sessions of models with blocked kernels in some way. */
function engine(change: (load: () => Promise<Session>) => Promise<Session>): Runner {
  const text = new TextDecoder('latin1');
  return {
    ...runner,
    engine: runner.engine,
    load: (bytes, options) => {
      const load = () => runner.load(bytes, options);
      return text.decode(bytes).includes('com.microsoft.nchwc') ? change(load) : load();
    },
  };
}

const without = engine(async () => {
  throw new Error('no such domain');
});

/** The n-th session of blocked kernels on gives other results. */
function wrong(name: string, factor: number): Runner {
  return engine(async (load) => {
    const session = await load();
    return {
      ...session,
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      close: () => session.close(),
      profile: () => session.profile(),
      run: async (feeds, fetches) => {
        const results = await session.run(feeds, fetches);
        const value = results[name];
        // Of float32 results.
        if (value) for (const [i, x] of (value.data as Float32Array).entries()) value.data[i] = factor * x;
        return results;
      },
    };
  });
}

test.skipIf(!hasKernels)('blocked kernels are taken where they do the same', async () => {
  const { graph, backend, standard, warnings } = await choose('ds-cnn', 'auto', runner);
  expect({ backend, warnings }).toEqual({ backend: 'blocked', warnings: [] });
  expect(graph).not.toBe(standard);
});

test('standard operators are taken where they are asked for, and where there is nothing to gain', async () => {
  expect((await choose('ds-cnn', 'standard', runner)).backend).toBe('standard');
  const mlp = await choose('mlp-784-128-10', 'auto', runner);
  expect({ backend: mlp.backend, warnings: mlp.warnings }).toEqual({ backend: 'standard', warnings: [] });
  const blocked = hasKernels ? 'it has no convolution of planes' : 'no kernels';
  await expect(choose('mlp-784-128-10', 'blocked', runner)).rejects.toThrow(blocked);
});

test('an engine without the kernels trains in standard operators and says so', async () => {
  const { backend, warnings } = await choose('ds-cnn', 'auto', without);
  expect(backend).toBe('standard');
  expect(warnings.map(({ message }) => message)).toEqual([
    'Trained in standard operators, which is slower: onnxruntime-node has no kernels for blocks of channels on this processor.',
  ]);
  await expect(choose('ds-cnn', 'blocked', without)).rejects.toMatchObject({ code: 'backend-unavailable' });
});

test.skipIf(!hasKernels).each([
  ['another loss', stepNames.loss, 1.001, /: loss \d/],
  [
    'another gradient',
    stepNames.next(stepNames.state('momentum')),
    1.2,
    /"pare\.state\.momentum" of ".*" is off by 20 %/,
  ],
] as const)('kernels that give %s are not used', async (_, name, factor, message) => {
  const { backend, warnings } = await choose('ds-cnn', 'auto', wrong(name, factor));
  expect(backend).toBe('standard');
  expect(warnings[0].message).toMatch(message);
});
