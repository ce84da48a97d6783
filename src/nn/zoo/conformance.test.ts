import { describe, expect, test } from 'vitest';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { countParameters } from '../../ops/count-parameters.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { runModel } from '../../testing/run-model.ts';
import type { Net } from '../net.ts';
import { zoo } from './index.generated.ts';

const runner = await ortNode();

describe.each(Object.entries<Net>(zoo))('%s', (_, net) => {
  const options = net.options.parse({});

  test('loads and gives finite scores', async () => {
    const model = net.build(options, 1);
    const results = await runModel(runner, model, randomFeeds(model));
    const { data, shape } = results.logits;
    expect(shape[0]).toBe(2);
    expect(Array.from(data, Number).every(Number.isFinite)).toBe(true);
  });

  test('is made by its seed', async () => {
    const bytes = async (seed: number) => modelToBytes(net.build(options, seed));
    const first = Buffer.from(await bytes(1));
    // Not toEqual, which goes through millions of bytes one by one.
    expect(first.equals(await bytes(1))).toBe(true);
    expect(first.equals(await bytes(2))).toBe(false);
  });
});

test.each([
  ['mlp-784-128-10', 101_770],
  ['lenet-300-100', 266_610],
  ['lenet-5', 61_706],
  ['lenet-5-caffe', 431_080],
  ['two-conv', 21_840],
] as const)('%s has %i parameters', (name, count) => {
  const net: Net = zoo[name];
  expect(countParameters(net.build(net.options.parse({}), 1).graph)).toBe(count);
});
