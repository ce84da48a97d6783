import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, int64 } from '../testing/tensors.ts';
import { foldShapes } from './fold-shapes.ts';
import { removeDead } from './remove-dead.ts';

function afterwards(model: Model): string[] {
  removeDead(model.graph);
  return operatorsOf(model);
}

describe('foldShapes', () => {
  it('computes what is reckoned from known lengths, and leaves the rest to die', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3, 4]);
    const batch = b.node('Gather', [b.node('Shape', [x]), b.constant('zero', int64(0))]);
    const twice = b.node('Mul', [batch, b.constant('two', int64(2))]);
    const parts = [
      b.node('Unsqueeze', [twice, b.constant('axes', int64([0]))]),
      b.constant('rest', int64([-1])),
    ];
    const shape = b.node('Concat', parts, { attributes: { axis: 0 } });
    const model = await rewriteBy(foldShapes, b.model(13, b.node('Reshape', [x, shape])), 5);
    expect(afterwards(model)).toEqual(['Reshape']);
  });

  it('computes single known lengths of a shape that is open', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 6]);
    const width = b.node('Gather', [b.node('Shape', [x]), b.constant('one', int64(1))]);
    const slice = b.node('Slice', [
      b.node('Shape', [x]),
      b.constant('s', int64([1])),
      b.constant('e', int64([2])),
    ]);
    const model = b.model(13, b.node('Add', [b.node('Abs', [width]), slice]), b.node('Relu', [x]));
    const rewritten = await rewriteBy(foldShapes, model, 2);
    expect(afterwards(rewritten)).toEqual(['Abs', 'Add', 'Relu']);
  });

  it('takes the part of a shape that Shape-15 asks for, with the types Size and Cast give', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3, 4, 5]);
    const part = b.node('Shape', [x], { attributes: { start: -3, end: -1 } });
    const size = b.node('Cast', [b.node('Size', [x])], { attributes: { to: 6 } });
    const model = b.model(15, b.node('Neg', [part]), b.node('Neg', [size]), b.node('Relu', [x]));
    const rewritten = await rewriteBy(foldShapes, model, 3);
    expect(afterwards(rewritten)).toEqual(['Neg', 'Neg', 'Relu']);
    const sources = [...rewritten.graph.initializers].map(({ initializer }) => initializer!);
    const tensors = await Promise.all(sources.map(readTensorSource));
    expect(tensors.map(({ dtype, shape, data }) => [dtype, shape, Array.from(data, Number)])).toEqual(
      expect.arrayContaining([
        ['int64', [2], [3, 4]],
        ['int32', [], [120]],
      ]),
    );
  });

  it('reaches bodies, with shapes of values around them', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [4, 6]);
    const branch = (name: string, length: number) => {
      const inner = new GraphBuilder(name);
      const width = inner.node('Gather', [
        inner.node('Shape', [x]),
        inner.constant(`${name}_i`, int64(length)),
      ]);
      return subgraph(inner.ends(inner.node('Neg', [width], { outputs: [`${name}_y`] })));
    };
    const attributes = { then_branch: branch('then', 0), else_branch: branch('else', 1) };
    const model = b.model(13, b.node('If', [b.input('c', [], 'bool')], { attributes }));
    const runner = await ortNode();
    const feeds = [0, 1].map(
      (bit): Record<string, Tensor> => ({
        x: f32([4, 6], 'x'),
        c: { dtype: 'bool', shape: [], data: Uint8Array.of(bit) },
      }),
    );
    const before = await Promise.all(feeds.map((feed) => runModel(runner, model, feed)));
    expect(await foldShapes.run(model, { runner })).toBe(4);
    for (const [i, feed] of feeds.entries()) expectClose(await runModel(runner, model, feed), before[i], 0);
  });

  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'open lengths': (b) => b.model(13, b.node('Neg', [b.node('Shape', [b.input('x', ['n', 3])])])),
    'outputs of the graph': (b) => b.model(13, b.node('Shape', [b.input('x', [2, 3])])),
    'what the file states of values between nodes': (b) => {
      const found = b.node('NonZero', [b.input('x', ['n', 3])]);
      found.type = { kind: 'tensor', dtype: 'int64', shape: [2, 5] };
      return b.model(13, b.node('Neg', [b.node('Shape', [found])]));
    },
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    expectRefusedBy(foldShapes, build(new GraphBuilder())),
  );
});
