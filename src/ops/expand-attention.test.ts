import { describe, expect, test } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../testing/build-graph.ts';
import { expectGradients } from '../testing/expect-gradients.ts';
import { runModel } from '../testing/run-model.ts';
import { f32 } from '../testing/tensors.ts';
import { expandAttention } from './expand-attention.ts';
import { inferTypes } from './infer-types.ts';

const runner = await ortNode();

interface Case {
  readonly title: string;
  readonly shapes: readonly (readonly number[])[];
  readonly attributes?: Attributes;
  readonly mask?: 'bool' | 'added';
}

const apart = [
  [2, 3, 4, 5],
  [2, 3, 6, 5],
  [2, 3, 6, 7],
];

const cases: Case[] = [
  { title: 'heads apart', shapes: apart },
  { title: 'causal', shapes: apart, attributes: { is_causal: 1 } },
  { title: 'added mask', shapes: apart, mask: 'added' },
  { title: 'mask of Booleans, causal', shapes: apart, mask: 'bool', attributes: { is_causal: 1 } },
  {
    title: 'heads together, shared keys',
    shapes: [
      [2, 4, 24],
      [2, 6, 8],
      [2, 6, 12],
    ],
    attributes: { q_num_heads: 6, kv_num_heads: 2, scale: float(0.3) },
  },
  { title: 'cap', shapes: apart, attributes: { softcap: float(1.5) } },
  { title: 'with past', shapes: [...apart, [2, 3, 2, 5], [2, 3, 2, 7]] },
];

describe('Attention', () => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const b = new GraphBuilder();
    const feeds: Record<string, Tensor> = {};
    const [q, k, v, pastKey, pastValue] = one.shapes.map((shape, i) => {
      feeds[`x${i}`] = f32(shape, `${one.title} ${i}`, 0.7);
      return b.input(`x${i}`, shape);
    });
    const seen = Uint8Array.from({ length: 24 }, (__, i) => (i % 5 === 1 ? 0 : 1));
    const mask =
      one.mask === 'bool'
        ? b.constant('mask', { dtype: 'bool', shape: [4, 6], data: seen })
        : one.mask && b.constant('mask', f32([1, 1, 4, 6], 'mask'));
    const all = [q, k, v, mask, pastKey, pastValue];
    const inputs = all.slice(0, all.findLastIndex((value) => value) + 1);
    const node = b.nodeOf('Attention', inputs, {
      attributes: one.attributes ?? {},
      outputs: pastKey ? ['y', 'key', 'value'] : ['y'],
    });
    const model = b.model(23, ...node.outputs.map((value) => value!));
    const plain = cloneModel(model);
    const types = await inferTypes(plain);
    for (const own of [...plain.graph.nodes])
      expect(expandAttention(own, (value) => types.get(value)!.shape as number[])).toBe(true);
    plain.graph.sort();
    const [before, after] = [await runModel(runner, model, feeds), await runModel(runner, plain, feeds)];
    for (const [name, { data, shape }] of Object.entries(before)) {
      expect(after[name].shape).toEqual(shape);
      const apartBy = Array.from<unknown, number>(data, (x, i) =>
        Math.abs(Number(x) - Number(after[name].data[i])),
      );
      expect(Math.max(...apartBy), name).toBeLessThan(2e-6);
    }
    await expectGradients(runner, plain, { feeds, directions: 2, step: 4e-3, tolerance: 3e-3 });
  });

  test('one that asks for the products of queries and keys stays', async () => {
    const b = new GraphBuilder();
    const inputs = apart.map((shape, i) => b.input(`x${i}`, shape));
    const node = b.nodeOf('Attention', inputs, { outputs: ['y', '', '', 'products'] });
    const model = b.model(23, node.output);
    const types = await inferTypes(model);
    expect(expandAttention(node, (value) => types.get(value)!.shape as number[])).toBe(false);
    expect([...model.graph.nodes]).toEqual([node]);
  });
});
