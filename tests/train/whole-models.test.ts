import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { zoo } from '../../src/nn/zoo/index.generated.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import type { Dimension } from '../../src/onnx/ir/type.ts';
import type { Value } from '../../src/onnx/ir/value.ts';
import { readModel } from '../../src/onnx/read/read-model.ts';
import { inferTypes } from '../../src/ops/infer-types.ts';
import { toTrainingForm } from '../../src/ops/training-form.ts';
import { clean } from '../../src/passes/clean.ts';
import { upgradeOpset } from '../../src/passes/upgrade-opset.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { assetsFolder } from '../../src/testing/assets-folder.ts';
import { freezeCorners } from '../../src/testing/freeze-corners.ts';
import { GradientProbe } from '../../src/testing/gradient-probe.ts';
import { randomFeeds } from '../../src/testing/random-feeds.ts';
import { tensorOfSource } from '../../src/testing/tensor-of-source.ts';
import { trainableValues } from '../../src/train/trainable-values.ts';

/** Gradient graphs are written in this operator set or a later one. */
const OPSET = 18;
const TOLERANCE = 1e-3;
/**
 * Long steps bend, short ones drown in float32: where each begins depends on the model. A wrong derivative agrees with none:
 * quotients differ from the true one by chance, not towards a wrong one.
 */
const STEPS = [2e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5];

const runner = await ortNode();
const hasAssets = existsSync(join(assetsFolder, 'onnx'));

/** Models by file, with how many parameters each has. */
const files: Readonly<Record<string, number>> = {
  'resnet20-cifar10': 40,
  'mobilenet-v1-0.25-imagenet': 56,
  'ultraface-rfb-320': 104,
  'dtln-1': 8,
  'dtln-2': 12,
  'espcn-x3': 8,
  'autoencoder-toycar': 20,
  'silero-vad-16k': 14,
};

const nets = ['lstm', 'gru', 'transformer-encoder'] as const;

/** Lengths that files leave open. */
function lengthOf(dimension: Dimension): number {
  if (dimension === 'h' || dimension === 'w') return 12;
  return dimension === 'sequence' ? 576 : 1;
}

/** Makes the parameters inputs, so that they can be moved; returns their values. */
async function freeParameters({ graph }: Model): Promise<Record<string, Tensor>> {
  const values: Record<string, Tensor> = {};
  for (const value of trainableValues(graph)) {
    const tensor = await tensorOfSource(value.initializer!);
    values[value.name] = tensor;
    graph.removeInitializer(value);
    value.initializer = undefined;
    value.type = { kind: 'tensor', dtype: tensor.dtype, shape: tensor.shape };
    graph.inputs.push(value);
  }
  return values;
}

/** Fixes the lengths of the inputs; returns random values for them. */
function fixedFeeds(model: Model, length: (dimension: Dimension) => number): Record<string, Tensor> {
  const data = randomFeeds(model, 3, length);
  for (const value of model.graph.inputs)
    if (data[value.name] && value.type?.kind === 'tensor')
      value.type = { ...value.type, shape: data[value.name].shape };
  return data;
}

/** Data and parameters of a model, which is cleaned for fixed lengths as for training. */
async function prepared(model: Model) {
  if (model.opset < OPSET) await upgradeOpset(model, OPSET);
  const data = fixedFeeds(model, lengthOf);
  await clean(model, { runner });
  const parameters = await freeParameters(model);
  return { parameters, feeds: { ...data, ...parameters } };
}

/** The smallest relative difference of derivative and difference quotient over some steps, in the worst of two directions. */
async function worstError(probe: GradientProbe): Promise<number> {
  let worst = 0;
  for (const isUphill of [true, false]) {
    const { derivative, at } = probe.direction(5, isUphill);
    let best = Number.POSITIVE_INFINITY;
    for (const step of STEPS) {
      const quotient = async (h: number) => ((await at(h)) - (await at(-h))) / (2 * h);
      // Richardson: the error of second order falls out.
      const better = (4 * (await quotient(step / 2)) - (await quotient(step))) / 3;
      best = Math.min(best, Math.abs(better - derivative) / Math.abs(derivative));
      if (best <= TOLERANCE / 4) break;
    }
    worst = Math.max(worst, best);
  }
  return worst;
}

/** The same for a batch whose own statistics normalize it, as in training. */
async function preparedForTraining(model: Model) {
  const data = fixedFeeds(model, () => 6);
  const types = await inferTypes(model, { ignoreStated: true });
  const parameters = await freeParameters(model);
  // All lengths are known in the networks of the zoo.
  const shapeOf = (value: Value) => types.get(value)!.shape as readonly number[];
  for (const node of [...model.graph.nodes]) toTrainingForm(node, shapeOf);
  return { parameters, feeds: { ...data, ...parameters } };
}

type Prepared = Awaited<ReturnType<typeof prepared>>;

async function check(model: Model, { parameters, feeds }: Prepared, count?: number): Promise<void> {
  const inputs = Object.keys(parameters);
  const moved = await freezeCorners(runner, model, feeds);
  const probe = await GradientProbe.open(runner, model, { feeds, inputs, relative: true, moved });
  try {
    if (count !== undefined) expect(inputs.length).toBe(count);
    expect(probe.still, 'parameters without gradient').toEqual([]);
    expect(await worstError(probe), 'relative error of the derivative').toBeLessThanOrEqual(TOLERANCE);
  } finally {
    await probe.close();
  }
}

describe.skipIf(!hasAssets)('gradients of all parameters (skipped where ../shared/assets is absent)', () => {
  test.each(Object.entries(files))('%s', { timeout: 60_000 }, async (file, count) => {
    const model = await readModel(readFileSync(join(assetsFolder, 'onnx', `${file}.onnx`)));
    await check(model, await prepared(model), count);
  });
});

describe('gradients of all parameters of known networks', () => {
  test.each(nets)('%s', { timeout: 60_000 }, async (name) => {
    const net = zoo[name];
    const model = net.build(net.options.parse({}) as never, 1);
    await check(model, await prepared(model));
  });

  test('resnet-8 in training, with the statistics of the batch', { timeout: 60_000 }, async () => {
    const net = zoo['resnet-8'];
    const model = net.build(net.options.parse({}), 1);
    await check(model, await preparedForTraining(model));
  });
});
