import { expect, test } from 'vitest';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { expectGradients } from '../testing/expect-gradients.ts';
import { runModel } from '../testing/run-model.ts';
import { f32 } from '../testing/tensors.ts';
import { depthwiseTrainingForm } from './depthwise-training-form.ts';
import { inferTypes } from './infer-types.ts';

const runner = await ortNode();

interface Case {
  readonly shape: readonly number[];
  readonly weight: readonly number[];
  readonly attributes: Attributes;
  readonly bias?: boolean;
}

async function replaced({ shape, weight, attributes, bias }: Case) {
  const b = new GraphBuilder();
  const inputs = [
    b.input('x', shape),
    b.input('w', weight),
    ...(bias ? [b.input('b', weight.slice(0, 1))] : []),
  ];
  const node = b.nodeOf('Conv', inputs, { attributes, outputs: ['y'] });
  const before = b.model(18, node.output);
  const after = cloneModel(before);
  const types = await inferTypes(after);
  // Every length of these models is a number.
  const shapeOf = (value: Value) => types.get(value)!.shape as readonly number[];
  const isReplaced = depthwiseTrainingForm([...after.graph.nodes][0], shapeOf);
  after.graph.sort();
  return { before, after, isReplaced };
}

const cases: Case[] = [
  { shape: [16, 3, 5, 4], weight: [3, 1, 3, 3], attributes: { group: 3, pads: [1, 1, 1, 1] }, bias: true },
  {
    shape: [17, 2, 6, 7],
    weight: [2, 1, 3, 2],
    attributes: { group: 2, strides: [2, 3], pads: [0, 1, 1, 0] },
  },
  { shape: [16, 2, 6, 6], weight: [2, 1, 2, 2], attributes: { group: 2, dilations: [2, 3] } },
  { shape: [16, 2, 9], weight: [2, 1, 4], attributes: { group: 2, auto_pad: 'SAME_UPPER' }, bias: true },
];

test.each(cases.map((one) => [JSON.stringify(one), one] as const))('%s', async (_, one) => {
  const { before, after, isReplaced } = await replaced(one);
  expect(isReplaced).toBe(true);
  expect([...after.graph.nodes].map(({ opType }) => opType)).not.toContain('Conv');
  const names = ['x', 'w', ...(one.bias ? ['b'] : [])];
  const shapes = [one.shape, one.weight, one.weight.slice(0, 1)];
  const feeds = Object.fromEntries(names.map((name, i) => [name, f32(shapes[i], name)]));
  expectClose(await runModel(runner, after, feeds), await runModel(runner, before, feeds), 1e-6);
  await expectGradients(runner, after, { feeds, step: 0.25, directions: 2, tolerance: 1e-4 });
});

const kept: [string, Case][] = [
  ['a few samples', { shape: [2, 3, 5, 4], weight: [3, 1, 3, 3], attributes: { group: 3 } }],
  ['a large map', { shape: [16, 2, 40, 40], weight: [2, 1, 3, 3], attributes: { group: 2 } }],
  ['groups of more channels', { shape: [16, 4, 5, 5], weight: [4, 2, 3, 3], attributes: { group: 2 } }],
  ['two filters a channel', { shape: [16, 2, 5, 5], weight: [4, 1, 3, 3], attributes: { group: 2 } }],
];

test.each(kept)('Conv of %s stays', async (_, one) => {
  expect((await replaced(one)).isReplaced).toBe(false);
});
