import { expect, test } from 'vitest';
import { losses } from '../autodiff/losses/index.generated.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import { blockSize } from '../blocked/block-size.ts';
import { nchwcDomain } from '../blocked/nchwc.ts';
import { NetWriter } from '../nn/net-writer.ts';
import { zoo } from '../nn/zoo/index.generated.ts';
import type { Model } from '../onnx/ir/model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { stepGraph } from './step-graph.ts';
import { Trainer } from './trainer.ts';
import { withParameters } from './with-parameters.ts';

const runner = await ortNode();
const block = await blockSize(runner);

/** What has a blocked form between what has none: fill channels that are not 0, sums that spread, groups, pools that overlap. */
function oddNet(): Model {
  const net = new NetWriter('odd', 1);
  const x = net.input('x', ['N', 3, 13, 11]);
  const first = net.conv('first', x, { from: 3, to: 20, kernel: 3, stride: 2 });
  const lifted = net.op('lifted', 'Add', [net.op('sigmoid', 'Sigmoid', [first]), net.scalar(0.5)]);
  const second = net.conv('second', lifted, { from: 20, to: 20, kernel: 3, bias: false });
  const normal = net.batchNorm('norm', second, 20);
  const squeezed = net.op('squeezed', 'GlobalAveragePool', [normal]);
  const gate = net.op('gate', 'Sigmoid', [
    net.conv('excite', squeezed, { from: 20, to: 20, kernel: 1, pad: 0 }),
  ]);
  const gated = net.op('gated', 'Mul', [normal, gate]);
  const sum = net.op('sum', 'Add', [net.op('tanh', 'Tanh', [gated]), lifted]);
  const grouped = net.conv('grouped', sum, { from: 20, to: 24, kernel: 3, groups: 4 });
  const pooled = net.maxPool('overlap', grouped, 3, 2, 1);
  const average = net.op('average', 'AveragePool', [pooled], { kernel_shape: [2, 2], strides: [1, 1] });
  const cut = net.op('cut', 'Clip', [average, net.scalar(-0.4), net.scalar(0.6)]);
  const last = net.conv('last', cut, { from: 24, to: 33, kernel: 2, pad: 0, stride: 2 });
  return net.model({ logits: net.linear('fc', net.poolAll('pool', last), 33, 10) });
}

const models: Readonly<Record<string, { model: () => Model; shape: readonly number[] }>> = {
  'odd parts': { model: oddNet, shape: [3, 13, 11] },
  'large means': { model: shiftedNet, shape: [3, 12, 12] },
  'two-conv': { model: () => zoo['two-conv'].build({ classes: 10 }, 1), shape: [1, 28, 28] },
  'ds-cnn': {
    model: () => zoo['ds-cnn'].build(zoo['ds-cnn'].options.parse({ channels: 24 }), 1),
    shape: [1, 49, 10],
  },
  'resnet-8': { model: () => zoo['resnet-8'].build({ classes: 10 }, 1), shape: [3, 32, 32] },
};

/** Behind a map of large mean, a channel that is constant, and no ε for the fill channels. */
function shiftedNet(): Model {
  const net = new NetWriter('shifted', 1);
  const x = net.input('x', ['N', 3, 12, 12]);
  const lifted = net.op('lifted', 'Add', [x, net.scalar(300)]);
  const conv = net.conv('conv', lifted, { from: 3, to: 20, kernel: 3, pad: 0 });
  const normal = net.batchNorm('norm', conv, 20);
  normal.producer!.setFloat('epsilon', 0);
  const second = net.conv('second', net.op('tanh', 'Tanh', [normal]), { from: 20, to: 17, kernel: 3 });
  return net.model({ logits: net.linear('fc', net.poolAll('pool', second), 17, 10) });
}

async function steps(model: Model, shape: readonly number[], batch: number, onBlocks: boolean) {
  const { 'cross-entropy': loss } = losses;
  const graph = await stepGraph(model, {
    batch,
    loss,
    lossOptions: loss.options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({ momentum: 0.9 }),
    block: onBlocks ? block : undefined,
  });
  const trainer = await Trainer.open(graph, runner);
  const rng = new Rng(4);
  const found: number[] = [];
  const length = shape.reduce((product, n) => product * n, batch);
  for (let i = 0; i < 3; i++) {
    const data = Float32Array.from({ length }, () => rng.normal());
    const image: Tensor = { dtype: 'float', shape: [batch, ...shape], data };
    const labels = BigInt64Array.from({ length: batch }, () => BigInt(rng.below(10)));
    const target: Tensor = { dtype: 'int64', shape: [batch], data: labels };
    found.push(await trainer.run({ inputs: { [model.graph.inputs[0].name]: image }, target, rate: 0.01 }));
  }
  const { vectors } = trainer.state;
  await trainer.close();
  return { graph, losses: found, vectors };
}

test
  .skipIf(block === undefined)
  .each(Object.entries(models).flatMap(([name, each]) => [3, 16].map((batch) => ({ name, batch, ...each }))))(
  '$name trains on blocks as in standard operators, batch $batch',
  async ({ model, shape, batch }) => {
    const own = model();
    const standard = await steps(own, shape, batch, false);
    const blocked = await steps(own, shape, batch, true);
    expect([...blocked.graph.model.graph.nodes].some(({ domain }) => domain === nchwcDomain)).toBe(true);
    for (const [i, loss] of standard.losses.entries())
      expect(Math.abs(blocked.losses[i] / loss - 1), `loss ${i}`).toBeLessThan(1e-4);
    for (const [name, vector] of Object.entries(standard.vectors)) {
      const distance = Math.hypot(...vector.map((x, i) => x - blocked.vectors[name][i]));
      expect(distance / Math.hypot(...vector), name).toBeLessThan(0.02);
    }
    const trained = withParameters(own, [
      { layout: blocked.graph.parameters, values: blocked.vectors['pare.parameters'] },
    ]);
    expect([...trained.graph.nodes].every(({ domain }) => domain === '')).toBe(true);
  },
);
