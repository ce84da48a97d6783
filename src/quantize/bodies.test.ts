import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { datasetOf, optimizedOperators, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { addNamedConv } from '../testing/small-nets.ts';
import { sqnrOf } from '../testing/sqnr-of.ts';
import { f32, int64 } from '../testing/tensors.ts';

const runner = await ortNode();
const same = [4, 4] as const;
const feeds = (isTrue: boolean) => ({
  x: f32([1, 4, 8, 8], 'feeds'),
  go: { dtype: 'bool' as const, shape: [], data: Uint8Array.of(Number(isTrue)) },
});
const data = datasetOf([feeds(true), feeds(false)]);

/** A convolution, then an If whose branches are made of its output, then another convolution. */
function net(
  thenBranch: (b: GraphBuilder, outer: Value) => Value,
  elseBranch: (b: GraphBuilder, outer: Value) => Value,
  between: (b: GraphBuilder, x: Value) => Value = (_, x) => x,
): Model {
  const b = new GraphBuilder();
  const outer = between(b, addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same));
  const inner = (name: string, make: typeof thenBranch) => {
    const body = new GraphBuilder(name);
    return subgraph(body.ends(make(body, outer)));
  };
  const chosen = b.node('If', [b.input('go', [], 'bool')], {
    name: 'choice',
    outputs: ['chosen'],
    attributes: { then_branch: inner('then', thenBranch), else_branch: inner('else', elseBranch) },
  });
  return b.model(13, addNamedConv(b, 'd', b.node('Add', [chosen, outer], { name: 'sum' }), same));
}

async function expectNear(model: Model, quantized: Model): Promise<void> {
  for (const isTrue of [true, false]) {
    const [float, integer] = [
      await runOptimized(runner, model, feeds(isTrue)),
      await runOptimized(runner, quantized, feeds(isTrue)),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(25);
  }
}

const conv = (name: string) => (b: GraphBuilder, outer: Value) => addNamedConv(b, name, outer, same);
const halved = (b: GraphBuilder, outer: Value) => b.node('Tanh', [outer], { outputs: ['halved'] });

/** The engine takes no body that hands on an outer value without a node. */
const handedOn = (b: GraphBuilder, outer: Value) => b.node('Identity', [outer], { outputs: ['handed'] });

describe('layers of bodies', () => {
  it('stay in float, and the report names the ways out', async () => {
    const model = net(conv('inner'), halved);
    const { layers, model: quantized } = await quantizeGraph(runner, model, {}, data);
    const row = layers.find(({ name }) => name === 'inner');
    // Computed in float, whatever its weights are stored as.
    expect(row?.state).toBe('stored');
    expect(row?.reason).toMatch(/body of If "choice".*--mode dynamic or weights.*pare clean --fix/);
    expect(layers.find(({ name }) => name === 'd')?.state).toBe('quantized');
    expect((await optimizedOperators(runner, quantized)).QLinearConv).toBe(2);
    await expectNear(model, quantized);
  });

  it('a model whose layers are all in bodies is refused with that reason', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 8, 8]);
    const inner = (name: string) => {
      const body = new GraphBuilder(name);
      return subgraph(body.ends(addNamedConv(body, name, x, same)));
    };
    const model = b.model(
      13,
      b.node('If', [b.input('go', [], 'bool')], {
        name: 'choice',
        attributes: { then_branch: inner('one'), else_branch: inner('other') },
      }),
    );
    await expect(quantizeGraph(runner, model, {}, data)).rejects.toMatchObject({
      code: 'nothing-to-quantize',
      got: expect.stringContaining('--mode dynamic'),
    });
  });

  it('integer operators in bodies are refused like others', async () => {
    const model = net((b, outer) => b.node('DynamicQuantizeLinear', [outer], { name: 'old' }), halved);
    await expect(quantizeGraph(runner, model, {}, data)).rejects.toMatchObject({ code: 'already-quantized' });
  });
});

describe('outer values in bodies', () => {
  it.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ['of a layer', (_, x) => x],
    ['of a mover', (b, x) => b.node('Transpose', [x], { name: 't', attributes: { perm: [0, 1, 3, 2] } })],
    [
      'of movers in a row',
      (b, x) => {
        const flat = b.node('Flatten', [x], { name: 'flat' });
        return b.node('Reshape', [flat, b.constant('shape', int64([1, 4, 8, 8]))], { name: 'square' });
      },
    ],
    ['of a clamp', (b, x) => b.node('Relu', [x], { name: 'relu' })],
  ])('%s, read and handed on', async (_, between) => {
    const model = net(handedOn, halved, between);
    const { model: quantized } = await quantizeGraph(runner, model, {}, data);
    await expectNear(model, quantized);
  });

  it('of a mover of codes, which a layer reads as well', async () => {
    const b = new GraphBuilder();
    const a = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
    const turned = b.node('Transpose', [a], { name: 't', attributes: { perm: [0, 1, 3, 2] } });
    const inner = (name: string, make: typeof halved) => {
      const body = new GraphBuilder(name);
      return subgraph(body.ends(make(body, turned)));
    };
    const chosen = b.node('If', [b.input('go', [], 'bool')], {
      name: 'choice',
      attributes: { then_branch: inner('then', handedOn), else_branch: inner('else', halved) },
    });
    const model = b.model(13, chosen, addNamedConv(b, 'd', turned, same));
    const { model: quantized, layers } = await quantizeGraph(runner, model, {}, data);
    expect(layers.find(({ name }) => name === 't')?.state).toBe('pass');
    await expectNear(model, quantized);
  });

  it('of one of several outputs of a mover', async () => {
    const between = (b: GraphBuilder, x: Value) => {
      const { outputs } = b.nodeOf('Split', [x], { outputs: ['left', 'right'], attributes: { axis: 2 } });
      return b.node('Concat', [outputs[1], outputs[0]], { attributes: { axis: 2 } });
    };
    const model = net(conv('inner'), handedOn, between);
    const { model: quantized } = await quantizeGraph(runner, model, {}, data);
    await expectNear(model, quantized);
  });
});
