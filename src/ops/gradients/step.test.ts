import { expect, test } from 'vitest';
import { Graph } from '../../onnx/ir/graph.ts';
import { Model } from '../../onnx/ir/model.ts';
import { Value } from '../../onnx/ir/value.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphWriter } from '../graph-writer.ts';
import { step } from './step.ts';

const runner = await ortNode();

async function stepsAt(values: readonly number[], bound: number, side: 1 | -1): Promise<number[]> {
  const graph = new Graph('step');
  const x = new Value('x', { kind: 'tensor', dtype: 'float', shape: [values.length] });
  graph.inputs.push(x);
  graph.outputs.push(step(new GraphWriter(graph), x, bound, side));
  const model = new Model(graph);
  model.opsetImports.set('', 18);
  const session = await runner.load(await modelToBytes(model));
  const feeds = { x: { dtype: 'float', shape: [values.length], data: Float32Array.from(values) } } as const;
  const results = await session.run(feeds);
  await session.close();
  // −0 counts as 0.
  return Array.from(Object.values(results)[0].data as Float32Array, (y) => y + 0);
}

/** The float32 numbers next to a bound, and the bound between them. */
function around(bound: number): number[] {
  const limit = Math.fround(bound);
  const bits = new Int32Array(Float32Array.of(Math.abs(limit)).buffer)[0];
  const at = (n: number) => new Float32Array(Int32Array.of(n).buffer)[0] * Math.sign(limit);
  return [at(bits - 1), limit, at(bits + 1)].sort((a, b) => a - b);
}

test.each([6, 4, 1, 0.1, -0.5, -3, 1e-20, 1e30])('the neighbours of %f are told apart', async (bound) => {
  const values = [-3e38, ...around(bound), 3e38];
  expect(await stepsAt(values, bound, 1)).toEqual([0, 0, 0, 1, 1]);
  expect(await stepsAt(values, bound, -1)).toEqual([1, 1, 0, 0, 0]);
});

test('0 is neither above nor below itself', async () => {
  const values = [-1e30, -1.2e-38, -0, 0, 1.2e-38, 1e30];
  expect(await stepsAt(values, 0, 1)).toEqual([0, 0, 0, 0, 1, 1]);
  expect(await stepsAt(values, 0, -1)).toEqual([1, 1, 0, 0, 0, 0]);
});
