import { expect, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { Value } from '../../onnx/ir/value.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { expandComposites } from '../../ops/gradients/composites.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import { inferTypes } from '../../ops/infer-types.ts';
import { readSmallConstants } from '../../ops/small-constants.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { floats } from '../../testing/tensors.ts';
import { blockSize } from '../block-size.ts';
import { lowerToBlocked } from '../lower-to-blocked.ts';
import { nchwcDomain } from '../nchwc.ts';

const runner = await ortNode();
const block = await blockSize(runner);
const CHANNELS = 16;

/** The float32 numbers next to a number, and itself between them. */
function around(x: number): number[] {
  const bits = new Int32Array(Float32Array.of(x).buffer)[0];
  const neighbours = [bits - 1, bits, bits + 1].map((n) => new Float32Array(Int32Array.of(n).buffer)[0]);
  return x === 0 ? [-1e-17, 0, 1e-17] : neighbours.sort((a, b) => a - b);
}

/** dX of Clip for dY = 1 of values that come out of a convolution which hands them on as they are. */
async function gradients(xs: readonly number[], bounds: readonly number[], size: number | undefined) {
  const b = new GraphBuilder();
  const shape = [1, CHANNELS, 1, xs.length];
  const x = b.input('x', shape);
  const same = floats(
    [CHANNELS, CHANNELS, 1, 1],
    Array.from({ length: CHANNELS ** 2 }, (_, i) => (i % (CHANNELS + 1) === 0 ? 1 : 0)),
  );
  const map = b.node('Conv', [x, b.constant('same', same)]);
  const clipped = b.node('Clip', [map, ...bounds.map((n, i) => b.constant(`bound${i}`, floats([], [n])))]);
  const model = b.model(18, clipped);
  const { graph } = model;
  const dy = new Value('dy', { kind: 'tensor', dtype: 'float', shape });
  graph.inputs.push(dy);
  const write = new GraphWriter(graph);
  const [dx] = write.composite('ClipGradient', [dy, clipped], [shape], {
    bounds: { type: 'FLOATS', value: [...bounds] },
  });
  graph.outputs.push(dx);
  if (size === undefined) expandComposites(graph, new Set([dx]));
  else {
    const facts = { types: await inferTypes(model), constants: await readSmallConstants(graph) };
    model.opsetImports.set(nchwcDomain, 1);
    lowerToBlocked(graph, { ...facts, block: size, gradients: new Map(), kept: [dx] });
  }
  const session = await runner.load(await modelToBytes(model));
  const fed = (values: readonly number[]): Tensor => ({
    dtype: 'float',
    shape,
    data: Float32Array.from({ length: CHANNELS * xs.length }, (_, i) => values[i % xs.length]),
  });
  const results = await session.run({ x: fed(xs), dy: fed(xs.map(() => 1)) });
  await session.close();
  return { dx: Array.from(results[dx.name].data as Float32Array), nodes: [...graph.nodes] };
}

test.skipIf(block === undefined).each([
  [0, 6],
  [-1, 1],
  [-0.4, 0.6],
  [0.1, 0.3],
  [-3, -1],
  [2, 1e6],
  [1e-30, 1],
])('the gradient of Clip to %f .. %f tells the neighbours of its bounds apart', async (low, high) => {
  const xs = [-1e30, ...around(low), (low + high) / 2, ...around(high), 1e30].map(Math.fround);
  const [standard, blocked] = [
    await gradients(xs, [low, high], undefined),
    await gradients(xs, [low, high], block),
  ];
  const wanted = xs.map((x) => (x > Math.fround(low) && x < Math.fround(high) ? 1 : 0));
  expect(standard.dx.slice(0, xs.length)).toEqual(wanted);
  expect(blocked.dx).toEqual(standard.dx);
  expect(blocked.nodes.filter(({ opType }) => opType === 'Mul')).toHaveLength(low === 1e-30 ? 2 : 1);
});
