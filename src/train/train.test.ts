import { expect, test } from 'vitest';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { memoryDataset } from '../testing/memory-dataset.ts';
import { floats } from '../testing/tensors.ts';
import { trainOptions } from './options.ts';
import { train } from './train.ts';

const runner = await ortNode();

function normalizedNet() {
  const b = new GraphBuilder();
  const vector = (name: string, value: number) => b.constant(name, floats([2], [value, value]));
  const norm = b.node('BatchNormalization', [
    b.input('x', ['N', 2]),
    vector('scale', 1),
    vector('shift', 0),
    vector('mean', 0),
    vector('var', 1),
  ]);
  return b.model(18, b.node('MatMul', [norm, b.weights('w', [2, 2])]));
}

/** Its variance overflows, while the loss and the weights stay finite. */
const rows = Array.from({ length: 8 }, (_, i) => [i === 7 ? 1e20 : i / 8, i % 2]);

test('a running statistic that is not finite is not written: its layer is named', async () => {
  const options = trainOptions.parse({ epochs: 1, batch: 8, validation: 0, optimizer: 'sgd', lr: 0.1 });
  const data = memoryDataset(rows, { labels: rows.map((_, i) => i % 2) });
  const run = train(normalizedNet(), options, { runner, data, seed: 1, threads: 1 });
  await expect(run).rejects.toMatchObject({ code: 'training-diverged' });
  await expect(run).rejects.toThrow('infinity arose at BatchNormalization');
});
