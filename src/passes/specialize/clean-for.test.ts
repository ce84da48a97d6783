import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { readModelFile } from '../../onnx/read/read-model-file.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { assetsFolder } from '../../testing/assets-folder.ts';
import { GraphBuilder, subgraph } from '../../testing/build-graph.ts';
import { expectClose } from '../../testing/expect-close.ts';
import { operatorsOf } from '../../testing/rewrite-by.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32, floats, int64 } from '../../testing/tensors.ts';
import { countNodes } from '../count-nodes.ts';
import { cleanFor, type Use } from './clean-for.ts';
import { parseFixedValue } from './parse-fixed-value.ts';
import { parseShape } from './parse-shape.ts';

const runner = await ortNode();

/** A copy cleaned for that use, which gives what the model gives with those feeds. */
async function specialized(
  model: Model,
  use: Use,
  feeds: Record<string, Tensor>,
  fixed: Record<string, Tensor> = {},
) {
  const before = await runModel(runner, model, { ...feeds, ...fixed });
  const copy = cloneModel(model);
  await cleanFor(copy, use, { runner });
  const after = await runModel(runner, copy, feeds);
  expectClose(after, Object.fromEntries(Object.keys(after).map((name) => [name, before[name]])), 1e-5);
  return copy;
}

/** y = reshape(x, [batch, 2, −1]) of x[batch, length], with a stated type that stands for x's symbols. */
function reshaping(): Model {
  const b = new GraphBuilder();
  const x = b.input('x', ['batch', 'length']);
  const batch = b.node('Slice', [
    b.node('Shape', [x]),
    b.constant('s', int64([0])),
    b.constant('e', int64([1])),
  ]);
  const target = b.node('Concat', [batch, b.constant('r', int64([2, -1]))], { attributes: { axis: 0 } });
  const inner = b.node('Relu', [b.node('Reshape', [x, target])]);
  inner.type = { kind: 'tensor', dtype: 'float', shape: ['batch', 2, null] };
  const y = b.node('Neg', [inner], { outputs: ['y'] });
  y.type = { kind: 'tensor', dtype: 'float', shape: ['batch', 2, null] };
  return b.model(13, y);
}

/** If rate is 16 then x + s else x · s; the state s is handed on. */
function switching(): Model {
  const b = new GraphBuilder();
  const [x, s] = [b.input('x', [2]), b.input('s', [1, 2])];
  const isWide = b.node('Equal', [b.input('rate', [], 'int64'), b.constant('wide', int64(16))]);
  const branch = (opType: string) => {
    const inner = new GraphBuilder(opType);
    return subgraph(inner.ends(inner.node(opType, [x, s], { outputs: [`${opType}_y`] })));
  };
  const attributes = { then_branch: branch('Add'), else_branch: branch('Mul') };
  const y = b.node('If', [isWide], { outputs: ['y'], attributes });
  return b.model(13, y, b.node('Neg', [s], { outputs: ['next'] }));
}

describe('cleanFor', () => {
  it.each<Use>([
    { shapes: { x: [3, 4] } },
    { shapes: { batch: 3, length: 4 } },
    { shapes: { x: [null, 4], batch: [3] } },
  ])('sets lengths: %j', async (use) => {
    const model = await specialized(reshaping(), use, { x: f32([3, 4], 'x') });
    expect(operatorsOf(model)).toEqual(['Reshape', 'Relu', 'Neg']);
    const stated = [...model.graph.nodes].slice(1).map(({ output }) => output.type);
    for (const type of stated) expect(type).toEqual({ kind: 'tensor', dtype: 'float', shape: [3, 2, 2] });
    expect(model.graph.inputs[0].type).toMatchObject({ shape: [3, 4] });
  });

  it('renames an open length', async () => {
    const model = await specialized(reshaping(), { shapes: { x: ['n', null] } }, { x: f32([3, 4], 'x') });
    expect(model.graph.inputs[0].type).toMatchObject({ shape: ['n', 'length'] });
    expect(model.graph.outputs[0].type).toMatchObject({ shape: ['n', 2, null] });
  });

  it.each([
    [16, 'Add'],
    [8, 'Mul'],
  ])('fixes rate = %i, which decides the branch', async (rate, opType) => {
    const feeds = { x: f32([2], 'x'), s: f32([1, 2], 's') };
    const model = await specialized(switching(), { fix: { rate } }, feeds, { rate: int64(rate) });
    expect(operatorsOf(model).sort()).toEqual([opType, 'Neg'].sort());
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x', 's']);
  });

  it.each([[0.5], [[0.5, 0.5]], [[[0.5, 0.5]]]])('fills a known shape with %j', async (s) => {
    const fixed = { s: floats([1, 2], [0.5, 0.5]) };
    const feeds = { x: f32([2], 'x'), rate: int64(16) };
    const model = await specialized(switching(), { fix: { s } }, feeds, fixed);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x', 'rate']);
  });

  it('keeps chosen outputs, and inputs these need', async () => {
    const feeds = { x: f32([2], 'x'), s: f32([1, 2], 's'), rate: int64(16) };
    const model = cloneModel(switching());
    await cleanFor(model, { outputs: ['next'] }, { runner });
    expect(operatorsOf(model)).toEqual(['Neg']);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['s']);
    expectClose(
      await runModel(runner, model, { s: feeds.s }),
      { next: (await runModel(runner, switching(), feeds)).next },
      0,
    );
  });

  it('makes an output of an inner value, with the type it has', async () => {
    const model = cloneModel(reshaping());
    await cleanFor(model, { outputs: ['relu'], shapes: { batch: 3, length: 4 } }, { runner });
    expect(model.graph.outputs.map(({ name, type }) => [name, type])).toEqual([
      ['relu', { kind: 'tensor', dtype: 'float', shape: [3, 2, 2] }],
    ]);
    const { relu } = await runModel(runner, model, { x: f32([3, 4], 'x') });
    expect(relu.shape).toEqual([3, 2, 2]);
  });

  it.each<[Use, string]>([
    [{ shapes: { z: [1] } }, 'unknown-shape-name'],
    [{ shapes: { x: [1, 2, 3] } }, 'bad-shape'],
    [{ shapes: { x: [0, 2] } }, 'bad-shape'],
    [{ shapes: { x: [1.5, 2] } }, 'bad-shape'],
    [{ shapes: { x: [1, 2], batch: 2 } }, 'bad-shape'],
    [{ fix: { z: 1 } }, 'unknown-input'],
    [{ fix: { x: 1 } }, 'bad-fixed-value'],
    [{ outputs: ['z'] }, 'unknown-output'],
  ])('refuses %j as %s', async (use, code) => {
    await expect(cleanFor(reshaping(), use, { runner })).rejects.toMatchObject({ code, isUsage: true });
  });

  it.each<[Use, string]>([
    [{ shapes: { s: [1, 3] } }, 'fixes the length of axis 1 at 2'],
    [{ fix: { rate: 1.5 } }, '1.5 is no int64'],
    [{ fix: { rate: 2n ** 63n } }, 'is no int64'],
    [{ fix: { s: [1, 2, 3] } }, '3 values do not fill [1,2]'],
    [{ fix: { s: [[1], [2]] } }, '2 values do not fill [1,2]'],
  ])('refuses %o: %s', async (use, message) => {
    await expect(cleanFor(switching(), use, { runner })).rejects.toThrow(message);
  });
});

describe('parseShape', () => {
  it('reads names with =, open and named lengths', () => {
    expect(parseShape('a=b=1, ?,n')).toEqual(['a=b', [1, null, 'n']]);
  });

  it.each(['x', '=1', 'x=', 'x=1,,2', 'x=-1', 'x=1.5'])('refuses %s', (text) => {
    expect(() => parseShape(text)).toThrow('is not understood');
  });
});

describe('parseFixedValue', () => {
  it.each([
    ['sr=16000', 16000],
    ['x=true', true],
    ['x=1,2.5,-3e2', [1, 2.5, -300]],
    [
      'x=[[1,2],[3,4]]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['x=[7]', [7]],
    ['x=9223372036854775807', 9223372036854775807n],
    ['x=-inf', Number.NEGATIVE_INFINITY],
  ])('reads %s', (text, value) => {
    expect(parseFixedValue(text)).toEqual([text.split('=')[0], value]);
  });

  it.each(['x', 'x=', 'x=yes', 'x=[1', 'x=1]', 'x=1,,2', 'x=[]', 'x=0x10', `x=${'['.repeat(99)}1`])(
    'refuses %s',
    (text) => {
      expect(() => parseFixedValue(text)).toThrow('is not understood');
    },
  );
});

const silero = join(assetsFolder, 'onnx/silero-vad-if.onnx');
describe.skipIf(!existsSync(silero))('silero-vad-if for 16 kHz', () => {
  it('loses all its branches', { timeout: 30_000 }, async () => {
    const model = await readModelFile(silero);
    try {
      const feeds = { input: f32([1, 576], 'speech', 0.1), state: f32([2, 1, 128], 'state', 0.1) };
      const use = { fix: { sr: 16000 }, shapes: { input: [1, 576], state: [2, 1, 128] } };
      const copy = await specialized(model, use, feeds, { sr: int64(16000) });
      expect(operatorsOf(copy)).not.toContain('If');
      expect(countNodes(copy)).toBe(31);
    } finally {
      await model.close();
    }
  });
});
