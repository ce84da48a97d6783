import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { printModel } from '../onnx/text/print-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { float, GraphBuilder } from '../testing/build-graph.ts';
import { type GivenOptions, optimizedOperators, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';

const runner = await ortNode();

async function show(title: string, model: Model, options: GivenOptions = {}) {
  try {
    const before = await runModel(runner, model, randomFeeds(model, 3));
    const { model: q, layers, warnings } = await quantizeGraph(runner, model, options);
    const feeds = randomFeeds(model, 3);
    const after = await runOptimized(runner, q, feeds);
    const sq: Record<string, number> = {};
    for (const k of Object.keys(before)) {
      const e = new ErrorStatistics();
      if (before[k].dtype !== 'float') continue;
      e.add(before[k].data as Float32Array, after[k].data as Float32Array);
      sq[k] = Math.round(e.sqnrDb);
    }
    console.log(title, '\n ', JSON.stringify(layers.map((l) => `${l.name}:${l.opType}:${l.state}:${l.reason}`)), '\n ', JSON.stringify(await optimizedOperators(runner, q)), JSON.stringify(sq), JSON.stringify(warnings.map((w) => w.code + ' ' + w.where)));
  } catch (e) {
    const x = e as { code?: string; message: string; got?: string; stack: string };
    console.log(title, '\n  ERROR', x.code, x.message.slice(0, 300), x.got ?? '', x.code ? '' : x.stack.slice(0, 600));
  }
}
const conv = (b: GraphBuilder, name: string, x: any, cin: number, cout: number, extra: any = {}) =>
  b.node('Conv', [x, b.weights(`${name}.w`, [cout, cin / (extra.group ?? 1), 3, 3]), b.weights(`${name}.b`, [cout])], { name, attributes: { pads: [1, 1, 1, 1], ...extra } });

describe('scratch', () => {
  it('all', async () => {
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = b.node('Relu', [conv(b, 'a', x, 4, 8)]);
      const c = b.node('Clip', [a, undefined, b.constant('six', floats([], [1]))]);
      await show('relu then clip', b.model(13, conv(b, 'd', c, 8, 4)));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = b.node('Clip', [conv(b, 'a', x, 4, 8), b.constant('lo', floats([], [0.5])), b.constant('hi', floats([], [3]))]);
      await show('clip above zero', b.model(13, conv(b, 'd', a, 8, 4)));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = b.node('Clip', [conv(b, 'a', x, 4, 8), b.constant('lo', floats([], [3])), b.constant('hi', floats([], [-1]))]);
      await show('clip swapped', b.model(13, conv(b, 'd', a, 8, 4)));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const p = b.node('MaxPool', [conv(b, 'a', x, 4, 8)], { attributes: { kernel_shape: [2, 2], strides: [2, 2] } });
      await show('maxpool then relu', b.model(13, conv(b, 'd', b.node('Relu', [p]), 8, 4)));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const p = b.nodeOf('MaxPool', [conv(b, 'a', x, 4, 8)], { attributes: { kernel_shape: [2, 2], strides: [2, 2] }, outputs: ['mp', 'idx'] });
      await show('maxpool with indices', b.model(13, conv(b, 'd', p.output, 8, 4), p.outputs[1]!));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4]);
      const g = b.node('Gemm', [x, b.weights('w', [4, 3]), b.constant('b', floats([1], [0.5]))]);
      await show('gemm scalar bias', b.model(13, g));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4]);
      await show('matmul only', b.model(13, b.node('MatMul', [x, b.weights('w', [4, 3])])));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4]);
      await show('matmul vector', b.model(13, b.node('MatMul', [x, b.weights('w', [4])])));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 2, 3, 4]);
      await show('matmul batched weight', b.model(13, b.node('MatMul', [x, b.weights('w', [2, 4, 5])])));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 3, 4]);
      const m = b.node('MatMul', [x, b.weights('w', [4, 5])]);
      await show('matmul rank 3 data, add bias, relu, matmul', b.model(13, b.node('MatMul', [b.node('Relu', [b.node('Add', [m, b.weights('bb', [5])])]), b.weights('w2', [5, 6])])));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = b.node('Relu', [conv(b, 'a', x, 4, 8)]);
      const c = b.node('Relu', [conv(b, 'c', a, 8, 8)]);
      const add = b.node('Add', [a, c], { name: 'add' });
      const m = b.model(13, conv(b, 'd', add, 8, 4));
      await show('residual', m);
      await show('residual add excluded', m, { exclude: ['add'] });
      await show('residual c excluded', m, { exclude: ['c'] });
      await show('residual a excluded', m, { exclude: ['a'] });
      await show('residual relu excluded', m, { exclude: ['type:Relu'] });
    }
    for (const [op, attributes] of [['GlobalAveragePool', {}], ['AveragePool', { kernel_shape: [2, 2] }], ['MaxPool', { kernel_shape: [2, 2] }], ['Sigmoid', {}], ['LeakyRelu', {}], ['Softmax', {}], ['Tanh', {}], ['GlobalMaxPool', {}], ['Transpose', { perm: [0, 1, 3, 2] }]] as const) {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const y = b.node(op, [conv(b, 'a', x, 4, 8)], { name: 'op', attributes: attributes as any });
      const m = b.model(13, conv(b, 'd', y, 8, 4));
      await show(`${op}`, m);
      await show(`${op} excluded`, m, { exclude: ['op'] });
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = conv(b, 'a', x, 4, 8);
      const y = b.node('Mul', [a, b.node('Sigmoid', [a])], { name: 'mul' });
      const m = b.model(13, conv(b, 'd', b.node('Concat', [y, a], { name: 'cat', attributes: { axis: 1 } }), 16, 4));
      await show(`swish concat`, m);
      await show(`swish concat, cat, mul excluded`, m, { exclude: ['cat', 'mul'] });
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 3, 9]);
      const a = b.node('Conv', [x, b.weights('w', [4, 3, 3])], { name: 'a' });
      await show('conv1d', b.model(13, b.node('Conv', [a, b.weights('w2', [4, 4, 3])], { name: 'b' })));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 3, 5, 5, 5]);
      const a = b.node('Conv', [x, b.weights('w', [4, 3, 3, 3, 3])], { name: 'a' });
      await show('conv3d', b.model(13, b.node('Conv', [a, b.weights('w2', [4, 4, 3, 3, 3])], { name: 'b' })));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 5, 5]);
      const a = b.node('ConvTranspose', [conv(b, 'a', x, 4, 4), b.weights('w', [4, 6, 3, 3])], { name: 't' });
      await show('convtranspose', b.model(13, b.node('Conv', [a, b.weights('w2', [4, 6, 3, 3])], { name: 'b' })));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = conv(b, 'same', x, 4, 4);
      await show('same names', b.model(13, conv(b, 'same', a, 4, 4)));
    }
    for (const mode of ['constant', 'reflect', 'edge']) {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 8, 8]);
      const a = conv(b, 'a', x, 4, 4);
      const p = b.node('Pad', [a, b.constant('pads', int64([0, 0, 1, 1, 0, 0, 1, 1]))], { name: 'pad', attributes: { mode } });
      const avg = b.node('MaxPool', [p], { attributes: { kernel_shape: [2, 2] } });
      await show(`pad ${mode}`, b.model(13, conv(b, 'd', avg, 4, 4)));
    }
    {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 4, 5, 5]);
      const y = conv(b, 'a', x, 4, 4);
      const body = (name: string, op: string) => {
        const s = new GraphBuilder(name);
        return s.ends(s.node(op, [y], { outputs: [`${name}_out`] }));
      };
      const cond = b.constant('cond', { dtype: 'bool', shape: [], data: new Uint8Array([1]) });
      const c2 = b.node('Identity', [cond]);
      void c2;
      const xin = b.input('c', [1], 'float');
      const isPos = b.node('Greater', [xin, b.constant('zero', floats([1], [0]))]);
      const r = b.node('If', [isPos], { name: 'if', attributes: { then_branch: { type: 'GRAPH', value: body('t', 'Neg') }, else_branch: { type: 'GRAPH', value: body('e', 'Abs') } } });
      await show('if captures', b.model(13, conv(b, 'd', y, 4, 4), r));
    }
  }, 60000);
});
