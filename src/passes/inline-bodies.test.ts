import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { inlineBodies } from './inline-bodies.ts';
import { removeIdentity } from './remove-identity.ts';

const bool = (bit: 0 | 1) => ({ dtype: 'bool' as const, shape: [], data: Uint8Array.of(bit) });

/** If(condition) then −x · 2 else eˣ, both with inner values of one name. */
function choice(b: GraphBuilder, condition: ReturnType<GraphBuilder['node']>, name: string) {
  const x = b.graph.inputs[0] ?? b.input('x', [3]);
  const branch = (opType: string, factor: number) => {
    const inner = new GraphBuilder(opType);
    const made = inner.node(opType, [x], { outputs: ['made'] });
    return subgraph(inner.ends(inner.node('Mul', [made, inner.constant('k', floats([], [factor]))])));
  };
  const attributes = { then_branch: branch('Neg', 2), else_branch: branch('Exp', 1) };
  return b.node('If', [condition], { name, outputs: [name], attributes });
}

/** Loop of `turns` turns over s = s · 2 + turn, which also collects s. */
function loop(b: GraphBuilder, turns: number, condition: 0 | 1 | undefined, collects = true): Model {
  const body = new GraphBuilder('body');
  const [turn, goesOn] = [body.input('turn', [], 'int64'), body.input('goes_on', [], 'bool')];
  const s = body.input('s', [2]);
  const twice = body.node('Add', [s, s]);
  const next = body.node('Add', [twice, body.node('Cast', [turn], { attributes: { to: 1 } })]);
  const on = body.node('Identity', [goesOn], { outputs: ['on'] });
  const collected = collects ? [body.node('Identity', [next], { outputs: ['seen'] })] : [];
  const inputs = [
    b.constant('turns', int64(turns)),
    condition === undefined ? undefined : b.constant('condition', bool(condition)),
    b.node('Relu', [b.input('x', [2])]),
  ];
  const node = b.nodeOf('Loop', inputs, {
    name: 'loop',
    outputs: ['last', ...(collects ? ['all'] : [])],
    attributes: { body: subgraph(body.ends(on, next, ...collected)) },
  });
  const outputs = node.outputs.filter((value) => value !== undefined);
  return b.model(13, ...outputs, b.node('Neg', [outputs[0]]));
}

describe('inlineBodies', () => {
  it.each([
    [1, 'Neg'],
    [0, 'Exp'],
  ] as const)('takes the branch of condition %i', async (bit, opType) => {
    const b = new GraphBuilder();
    const model = b.model(13, choice(b, b.constant('c', bool(bit)), 'y'));
    const inlined = await rewriteBy(removeIdentity, await rewriteBy(inlineBodies, model, 1), 1);
    expect(operatorsOf(inlined)).toEqual([opType, 'Mul']);
    expect(inlined.graph.outputs[0].name).toBe('y');
  });

  it('gives values of branches names of their own', async () => {
    const b = new GraphBuilder();
    const ys = [choice(b, b.constant('c', bool(1)), 'y'), choice(b, b.constant('d', bool(0)), 'z')];
    const model = await rewriteBy(inlineBodies, b.model(13, ...ys), 2);
    const names = [...model.graph.nodes].map(({ output }) => output.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('inlines branches within branches', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [3]);
    const inner = new GraphBuilder('inner');
    const branch = (name: string) => {
      const b2 = new GraphBuilder(name);
      return subgraph(b2.ends(b2.node('Identity', [x], { outputs: [name] })));
    };
    const nested = inner.node('If', [inner.constant('d', bool(1))], {
      attributes: { then_branch: branch('p'), else_branch: branch('q') },
    });
    const body = subgraph(inner.ends(inner.node('Neg', [nested], { outputs: ['n'] })));
    const attributes = { then_branch: body, else_branch: branch('r') };
    const model = b.model(13, b.node('If', [b.constant('c', bool(1))], { attributes }));
    const inlined = await rewriteBy(inlineBodies, model, 2);
    expect(operatorsOf(inlined)).not.toContain('If');
  });

  it.each([
    [1, undefined],
    [1, 1],
  ] as const)('writes a loop of %i turn out (condition %s)', async (turns, condition) => {
    const model = await rewriteBy(inlineBodies, loop(new GraphBuilder(), turns, condition), 1);
    expect(operatorsOf(model)).toContain('Unsqueeze');
    expect(operatorsOf(model)).not.toContain('Loop');
  });

  it.each([
    [0, undefined],
    [5, 0],
  ] as const)('hands on the start of a loop of no turn (%i, condition %s)', async (turns, condition) => {
    const model = await rewriteBy(inlineBodies, loop(new GraphBuilder(), turns, condition, false), 1);
    expect(operatorsOf(model)).toEqual(['Relu', 'Identity', 'Neg']);
  });

  it.each<[string, (b: GraphBuilder) => Model]>([
    ['a loop of two turns', (b) => loop(b, 2, 1)],
    ['a loop of no turn that collects', (b) => loop(b, 0, 1)],
  ])('leaves %s alone', async (_, build) => expectRefusedBy(inlineBodies, build(new GraphBuilder())));
});
