import { expect, test } from 'vitest';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { f32 } from '../../testing/tensors.ts';
import { weightSites } from '../weights/weight-sites.ts';
import { layerMatrix } from './layer-matrix.ts';
import { openLayerTap } from './layer-tap.ts';

const runner = await ortNode();
const [STEPS, BATCH, INPUTS, HIDDEN] = [5, 2, 3, 4];

function recurrence(direction: string, hasState: boolean) {
  const b = new GraphBuilder();
  const x = b.input('x', [STEPS, BATCH, INPUTS]);
  const state = hasState ? b.input('h', [1, BATCH, HIDDEN]) : undefined;
  const node = b.node(
    'GRU',
    [
      x,
      b.weights('w', [1, 3 * HIDDEN, INPUTS]),
      b.weights('r', [1, 3 * HIDDEN, HIDDEN]),
      undefined,
      undefined,
      state,
    ],
    { attributes: { hidden_size: HIDDEN, direction } },
  );
  return b.model(18, node);
}

test.each([
  ['forward', false],
  ['forward', true],
  ['reverse', true],
])('state weights read what the step before gave: %s, first state given: %s', async (direction, hasState) => {
  const model = recurrence(direction, hasState);
  const feeds = {
    x: f32([STEPS, BATCH, INPUTS], 'x'),
    ...(hasState && { h: f32([1, BATCH, HIDDEN], 'h') }),
  };
  const session = await runner.load(await modelToBytes(model));
  const [y] = Object.values(await session.run(feeds));
  await session.close();
  const matrices = weightSites(model.graph).map((site) => layerMatrix(site)!);
  expect(matrices.map(({ rows, depth }) => [rows, depth])).toEqual([
    [3 * HIDDEN, INPUTS],
    [3 * HIDDEN, HIDDEN],
  ]);
  const size = BATCH * HIDDEN;
  const states = Array.from({ length: STEPS }, (_, step) =>
    Array.from((y.data as Float32Array).subarray(step * size, (step + 1) * size)),
  );
  const first = Array.from(hasState ? (feeds.h!.data as Float32Array) : new Float32Array(size));
  const wanted = direction === 'reverse' ? [...states.slice(1), first] : [first, ...states.slice(0, -1)];
  const tap = await openLayerTap(model, matrices[1], { runner, threads: 1 });
  const read = await tap.run({ inputs: feeds });
  await tap.close();
  // −0 counts as 0.
  expect(Array.from(read.data as Float32Array, (value) => value + 0)).toEqual(
    wanted.flat().map((value) => value + 0),
  );
  const inputTap = await openLayerTap(model, matrices[0], { runner, threads: 1 });
  expect((await inputTap.run({ inputs: feeds })).data).toEqual(feeds.x.data);
  await inputTap.close();
});

test('two directions have no such form', () => {
  const b = new GraphBuilder();
  const node = b.node(
    'GRU',
    [
      b.input('x', [STEPS, BATCH, INPUTS]),
      b.weights('w', [2, 3 * HIDDEN, INPUTS]),
      b.weights('r', [2, 3 * HIDDEN, HIDDEN]),
    ],
    { attributes: { hidden_size: HIDDEN, direction: 'bidirectional' } },
  );
  expect(weightSites(b.model(18, node).graph).map(layerMatrix)).toEqual([undefined, undefined]);
});

test('a state that is fed back is followed', async () => {
  const b = new GraphBuilder();
  const [x, state] = [b.input('x', [1, 4]), b.input('state', [1, 4])];
  const sum = b.node('Add', [x, state], { outputs: ['next'] });
  const y = b.node('MatMul', [sum, b.weights('w', [4, 3])]);
  const model = b.model(18, y, sum);
  const [site] = weightSites(model.graph);
  const tap = await openLayerTap(model, layerMatrix(site)!, {
    runner,
    threads: 1,
    state: { next: 'state' },
  });
  const step = (value: number, sequenceStart = false) => ({
    inputs: {
      x: { dtype: 'float', shape: [1, 4], data: new Float32Array(4).fill(value) },
      state: { dtype: 'float', shape: [1, 4], data: new Float32Array(4) },
    } as const,
    sequenceStart,
  });
  const seen: number[] = [];
  for (const each of [step(1, true), step(2), step(4), step(8, true)])
    seen.push(Number((await tap.run(each)).data[0]));
  expect(seen).toEqual([1, 3, 7, 8]);
  await tap.close();
});
