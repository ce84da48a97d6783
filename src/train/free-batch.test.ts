import { expect, test } from 'vitest';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, int64 } from '../testing/tensors.ts';
import { freeBatch } from './free-batch.ts';

test('a Reshape that spells out one sample takes a batch of them', async () => {
  const b = new GraphBuilder();
  const x = b.input('x', [1, 2, 3]);
  const flat = b.node('Reshape', [x, b.constant('target', int64([1, 6]))]);
  const model = b.model(18, b.node('Gemm', [flat, b.weights('w', [6, 4])]));
  await freeBatch(model);
  const [input] = model.graph.inputs;
  input.type = { kind: 'tensor', dtype: 'float', shape: ['N', 2, 3] };
  const runner = await ortNode();
  const [result] = Object.values(await runModel(runner, model, { x: f32([5, 2, 3], 'x') }));
  expect(result.shape).toEqual([5, 4]);
});
