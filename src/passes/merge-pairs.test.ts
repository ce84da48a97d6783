import { describe, expect, it } from 'vitest';
import type { DataType } from '../base/tensor.ts';
import { dataTypes } from '../tensor/data-types.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { int64 } from '../testing/tensors.ts';
import { mergeCasts } from './merge-casts.ts';
import { mergeReshapes } from './merge-reshapes.ts';
import { mergeTransposes } from './merge-transposes.ts';
import { removeDead } from './remove-dead.ts';
import { removeNoOps } from './remove-no-ops.ts';

describe('mergeTransposes', () => {
  it.each([
    [[1, 2, 0], [2, 0, 1], undefined],
    [
      [1, 2, 0],
      [1, 2, 0],
      [2, 0, 1],
    ],
    [undefined, [1, 0, 2], [1, 2, 0]],
    [undefined, undefined, undefined],
  ])('makes one of %j and %j', async (first, second, together) => {
    const b = new GraphBuilder();
    const perm = (p: number[] | undefined) => ({ attributes: p ? { perm: p } : {} });
    const y = b.node(
      'Transpose',
      [b.node('Transpose', [b.input('x', [2, 3, 4])], perm(first))],
      perm(second),
    );
    const model = await rewriteBy(mergeTransposes, b.model(13, b.node('Neg', [y])), 1);
    removeDead(model.graph);
    if (together) expect([...model.graph.nodes][0].ints('perm')).toEqual(together);
    else expect(operatorsOf(await rewriteBy(removeNoOps, model, 1))).toEqual(['Neg']);
  });

  it('leaves the first for its other readers', async () => {
    const b = new GraphBuilder();
    const first = b.node('Transpose', [b.input('x', [2, 3])]);
    const model = await rewriteBy(
      mergeTransposes,
      b.model(13, b.node('Transpose', [first]), b.node('Neg', [first])),
      1,
    );
    removeDead(model.graph);
    expect(operatorsOf(model)).toEqual(['Transpose', 'Transpose', 'Neg']);
  });
});

describe('mergeReshapes', () => {
  type Step = (
    b: GraphBuilder,
    x: ReturnType<GraphBuilder['node']>,
    name: string,
  ) => ReturnType<GraphBuilder['node']>;
  const reshape =
    (...target: number[]): Step =>
    (b, x, name) =>
      b.node('Reshape', [x, b.constant(name, int64(target))]);
  const by =
    (opType: string, ...axes: number[]): Step =>
    (b, x, name) =>
      b.node(opType, axes.length > 0 ? [x, b.constant(name, int64(axes))] : [x]);

  it.each<[string, Step, Step, string[]]>([
    ['Reshape → Reshape', reshape(4, 6), reshape(-1, 8), ['Reshape']],
    ['Unsqueeze → Squeeze', by('Unsqueeze', 1), by('Squeeze', 1), []],
    ['Reshape → Flatten', reshape(4, 3, 2), by('Flatten'), ['Reshape']],
    ['Squeeze → Unsqueeze elsewhere', by('Unsqueeze', 0), by('Unsqueeze', 0, 4), ['Reshape']],
  ])('%s', async (_, first, second, left) => {
    const b = new GraphBuilder();
    const y = second(b, first(b, b.input('x', [2, 3, 4]), 'p'), 'q');
    const model = await rewriteBy(mergeReshapes, b.model(13, b.node('Neg', [y])), 1);
    removeDead(model.graph);
    expect(operatorsOf(model)).toEqual([...left, 'Neg']);
  });

  it('with an open length', async () => {
    const b = new GraphBuilder();
    const y = by('Squeeze', 2)(b, by('Unsqueeze', 2)(b, b.input('x', ['n', 3]), 'p'), 'q');
    const z = by('Flatten')(b, reshape(-1, 3, 1)(b, y, 'r'), 's');
    const model = await rewriteBy(mergeReshapes, b.model(13, b.node('Neg', [z])), 2);
    removeDead(model.graph);
    expect(operatorsOf(model)).toEqual(['Neg']);
  });

  it('leaves a copied length of an inner shape that others read alone', async () => {
    const b = new GraphBuilder();
    const inner = reshape(6, 4)(b, b.input('x', [2, 3, 4]), 'p');
    const model = b.model(13, reshape(0, 2, 2)(b, inner, 'q'), b.node('Neg', [inner]));
    await expectRefusedBy(mergeReshapes, model);
  });
});

describe('mergeCasts', () => {
  const casts = (from: DataType, between: DataType, to: DataType) => {
    const b = new GraphBuilder();
    const cast = (x: ReturnType<GraphBuilder['node']>, dtype: DataType) =>
      b.node('Cast', [x], { attributes: { to: dataTypes[dtype].code } });
    return b.model(13, cast(cast(b.input('x', [4], from), between), to));
  };

  it.each<[DataType, DataType, DataType]>([
    ['float', 'double', 'float'],
    ['float', 'double', 'int32'],
    ['int64', 'int64', 'float'],
    ['float', 'double', 'float16'],
  ])('%s → %s → %s is one', async (from, between, to) => {
    const model = casts(from, between, to);
    if (to === 'float16') expect(await mergeCasts.run(model, { runner: await noRunner() })).toBe(1);
    else await rewriteBy(mergeCasts, model, 1);
  });

  it.each<[DataType, DataType, DataType]>([
    ['float', 'int32', 'float'],
    ['float', 'float16', 'float'],
    ['int64', 'int32', 'int64'],
    ['int64', 'double', 'int64'],
    ['float', 'bool', 'float'],
  ])('%s → %s → %s loses something', async (from, between, to) => {
    await expectRefusedBy(mergeCasts, casts(from, between, to));
  });

  it.each<[DataType, DataType, DataType, number]>([
    ['uint8', 'float', 'int8', 0],
    ['uint8', 'float', 'int16', 1],
    ['int8', 'uint8', 'int32', 0],
    ['int32', 'int64', 'int8', 1],
    ['bool', 'float', 'int32', 1],
    ['uint16', 'float16', 'float', 0],
    ['bfloat16', 'float16', 'float', 0],
  ])('%s → %s → %s: %i', async (from, between, to, changes) => {
    expect(await mergeCasts.run(casts(from, between, to), { runner: await noRunner() })).toBe(changes);
  });
});

/** Casts are merged without asking the engine. */
async function noRunner() {
  const refuse = () => Promise.reject(new Error('the engine was asked'));
  return { engine: { name: 'none', version: '0' }, load: refuse, optimize: refuse };
}
