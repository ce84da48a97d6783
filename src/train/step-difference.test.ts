import { expect, test } from 'vitest';
import { losses } from '../autodiff/losses/index.generated.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { f32, int64 } from '../testing/tensors.ts';
import { stepDifference } from './step-difference.ts';
import { stepGraph } from './step-graph.ts';

const runner = await ortNode();

/** Two layers; the second net's first layer sees its input doubled, and its weights are half as large. */
function denseNet(factor: number) {
  const b = new GraphBuilder();
  const x = b.node('Mul', [
    b.input('x', ['N', 6]),
    b.constant('factor', { dtype: 'float', shape: [], data: Float32Array.of(factor) }),
  ]);
  const { shape, data } = f32([6, 5], 'w1');
  const w1 = b.constant('w1', { dtype: 'float', shape, data: (data as Float32Array).map((v) => v / factor) });
  const hidden = b.node('Tanh', [b.node('MatMul', [x, w1])]);
  return b.model(18, b.node('MatMul', [hidden, b.weights('w2', [5, 4])]));
}

const step = { inputs: { x: f32([3, 6], 'x') }, target: int64([0, 1, 2]), rate: 0.1 };

test.each([1, 2])(
  'a gradient that is twice as large is seen, of %d batches an update',
  async (accumulate) => {
    const { 'cross-entropy': loss } = losses;
    const make = (factor: number) =>
      stepGraph(denseNet(factor), {
        batch: 3,
        loss,
        lossOptions: loss.options.parse({}),
        optimizer: optimizers.sgd,
        optimizerOptions: optimizers.sgd.options.parse({ momentum: 0.9 }),
        accumulate,
      });
    const [own, same, other] = [await make(1), await make(1), await make(2)];
    const how = { runner, threads: 1 };
    expect(await stepDifference(same, own, step, how)).toBeUndefined();
    // The loss is the same: only gradients tell.
    expect(await stepDifference(other, own, step, how)).toMatch(/of "w1" is off by 1\.0e\+2 %/);
  },
);
