import { expect, test } from 'vitest';
import { inferTypes } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { expectGradients } from '../testing/expect-gradients.ts';
import { f32 } from '../testing/tensors.ts';
import { differentiate } from './differentiate.ts';

const runner = await ortNode();

/** r · tanh(r · tanh(r · x)) */
function repeated() {
  const b = new GraphBuilder();
  const [r, x] = [b.input('r', [3, 3]), b.input('x', [3, 4])];
  let h = b.node('MatMul', [r, x]);
  for (let i = 0; i < 2; i++) h = b.node('MatMul', [r, b.node('Tanh', [h])]);
  return { b, r, x, h };
}

test('a matrix read in many steps gets its gradient by one product', async () => {
  const { b, r, h } = repeated();
  const model = b.model(18, h);
  const loss = b.node('ReduceSum', [h], { attributes: { keepdims: 0 } });
  const facts = { types: await inferTypes(model), constants: await readSmallConstants(b.graph) };
  const before = countOf(b, 'MatMul');
  const gradient = differentiate(b.graph, loss, [r], facts).get(r)!;
  expect(gradient.producer?.opType).toBe('MatMul');
  // One for r, two that lead back to the earlier steps.
  expect(countOf(b, 'MatMul') - before).toBe(3);
  expect(countOf(b, 'Sum')).toBe(0);
});

test('which is right', async () => {
  const { b, h } = repeated();
  const feeds = { r: f32([3, 3], 'r', 0.5), x: f32([3, 4], 'x') };
  await expectGradients(runner, b.model(18, h), { feeds, step: 2e-3 });
});

test('a product that is a gradient of something else too stays', async () => {
  const b = new GraphBuilder();
  const [a, w, v] = [b.input('a', [3, 3]), b.input('w', [3, 3]), b.input('v', [3, 3])];
  // dL/d(a + w) = vᵀ · dy reaches w twice over: as it is, and by the second product.
  const y = b.node('MatMul', [v, b.node('Add', [a, w])]);
  const z = b.node('MatMul', [b.node('Tanh', [y]), w]);
  const feeds = { a: f32([3, 3], 'a', 0.5), w: f32([3, 3], 'w', 0.5), v: f32([3, 3], 'v', 0.5) };
  await expectGradients(runner, b.model(18, z), { feeds, step: 2e-3 });
});

function countOf({ graph }: GraphBuilder, opType: string): number {
  return [...graph.nodes].filter((node) => node.opType === opType).length;
}
