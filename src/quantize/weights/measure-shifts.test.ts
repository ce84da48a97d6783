import { expect, test } from 'vitest';
import type { Dataset } from '../../data/dataset.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { f32 } from '../../testing/tensors.ts';
import { int8 } from '../formats/int8.ts';
import { measureShifts } from './measure-shifts.ts';

const runner = await ortNode();

/** Three runs, which `length` samples share: a streaming model takes many for one. */
function runs(length: number): Dataset {
  return {
    name: 'three',
    length,
    task: 'none',
    batches: async function* () {
      for (const seed of ['a', 'b', 'c']) yield { inputs: { x: f32([1, 16], seed) } };
    },
  };
}

test('the mean is taken over runs, however many of them a sample has', async () => {
  const b = new GraphBuilder();
  const y = b.node('Gemm', [b.input('x', [1, 16]), b.weights('w', [16, 4]), b.weights('c', [4])]);
  const model = b.model(13, y);
  const shiftsOf = (length: number) =>
    measureShifts(
      model,
      { format: int8, granularity: 'channel' },
      {
        runner,
        dataset: runs(length),
        indices: Array.from({ length }, (_, i) => i),
      },
    );
  const [alone, together] = [await shiftsOf(3), await shiftsOf(1)];
  expect([...alone.keys()]).toEqual([y.name]);
  expect(together.get(y.name)).toEqual(alone.get(y.name));
  expect(Math.max(...alone.get(y.name)!.map(Math.abs))).toBeGreaterThan(0);
});
