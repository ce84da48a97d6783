import { describe, expect, it } from 'vitest';
import { GraphBuilder, subgraph, tensorAttribute } from '../testing/build-graph.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { countMacs } from './count-macs.ts';
import { countParameters } from './count-parameters.ts';

describe('countMacs', () => {
  it('counts convolutions and matrix products, one sample', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 4, 8, 8]);
    const attributes = { pads: [1, 1, 1, 1] };
    const a = b.node('Conv', [x, b.weights('a', [6, 4, 3, 3])], { attributes });
    const d = b.node('Conv', [a, b.weights('d', [6, 1, 3, 3])], { attributes: { ...attributes, group: 6 } });
    const flat = b.node('Flatten', [d]);
    const gemm = b.node('Gemm', [flat, b.weights('g', [10, 384])], { attributes: { transB: 1 } });
    const product = b.node('MatMul', [gemm, b.weights('m', [10, 3])]);
    const { total, byNode } = await countMacs(b.model(13, product));
    expect([...byNode.values()]).toEqual([6 * 64 * 4 * 9, 6 * 64 * 9, 384 * 10, 10 * 3]);
    expect(total).toBe([...byNode.values()].reduce((sum, n) => sum + n));
  });

  it('bodies: of the branches of an If the larger one', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4]);
    const branch = (name: string, columns: number) => {
      const inner = new GraphBuilder(name);
      return inner.ends(
        inner.node('MatMul', [x, inner.weights(`${name}_w`, [4, columns])], { outputs: [name] }),
      );
    };
    const attributes = { then_branch: subgraph(branch('a', 3)), else_branch: subgraph(branch('c', 5)) };
    const y = b.node('If', [b.input('isBig', [], 'bool')], { attributes });
    const { total, byNode } = await countMacs(b.model(13, y));
    expect([...byNode.values()]).toEqual([12, 20]);
    expect(total).toBe(20);
  });

  it('a transposed Gemm and a batch of products', async () => {
    const b = new GraphBuilder();
    const attributes = { transA: 1 };
    const gemm = b.node('Gemm', [b.input('x', [5, 2]), b.weights('w', [5, 3])], { attributes });
    const product = b.node('MatMul', [b.input('p', [4, 2, 5]), b.input('q', [4, 5, 3])]);
    const { byNode } = await countMacs(b.model(13, gemm, product));
    expect([...byNode.values()]).toEqual([2 * 3 * 5, 4 * 2 * 3 * 5]);
  });
});

describe('countParameters', () => {
  it('counts shared weights once, bodies and Constant nodes too, but neither shapes nor scales', () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3]);
    const w = b.weights('w', [3, 3]);
    const twice = b.node('MatMul', [b.node('MatMul', [x, w]), w]);
    const shaped = b.node('Reshape', [twice, b.constant('shape', int64([3, 2]))]);
    const value = tensorAttribute(floats([2], [1, 2]));
    const sum = b.node('Add', [shaped, b.node('Constant', [], { attributes: { value } })]);
    const codes = b.constant('codes', { dtype: 'int8', shape: [5], data: new Int8Array(5) });
    const decoded = b.node('DequantizeLinear', [codes, b.constant('scale', floats([], [0.5]))]);
    const inner = new GraphBuilder('then');
    const body = subgraph(inner.ends(inner.node('Mul', [sum, inner.weights('inner', [7, 1, 1])])));
    const y = b.node('If', [b.input('c', [], 'bool')], { attributes: { then_branch: body } });
    expect(countParameters(b.ends(y, decoded))).toBe(9 + 2 + 5 + 7);
  });
});
