import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { optimizedOperators, quantizeGraph } from '../testing/quantize-graph.ts';
import { runModel } from '../testing/run-model.ts';
import { f32 } from '../testing/tensors.ts';
import { foldGemmFactors } from './fold-gemm-factors.ts';

const runner = await ortNode();

function gemm(attributes: Attributes, weight: Tensor, bias?: Tensor, data: readonly number[] = [1, 4]) {
  const b = new GraphBuilder();
  const inputs = [b.input('x', data), b.constant('w', weight)];
  if (bias) inputs.push(b.constant('c', bias));
  return b.model(13, b.node('Gemm', inputs, { name: 'gemm', attributes, outputs: ['y'] }));
}

const matrix = f32([4, 3], 'w');

describe('foldGemmFactors', () => {
  it.each([
    ['alpha', gemm({ alpha: float(0.3) }, matrix)],
    ['beta', gemm({ beta: float(-2) }, matrix, f32([3], 'c'))],
    [
      'alpha, beta, transB',
      gemm({ alpha: float(3), beta: float(0.1), transB: 1 }, f32([3, 4], 'w'), f32([3], 'c')),
    ],
    ['beta of 0', gemm({ beta: float(0) }, matrix, f32([3], 'c'))],
    ['one bias for all', gemm({}, matrix, f32([1], 'c'))],
    ['a scalar bias', gemm({}, matrix, f32([], 'c'))],
    ['a row of biases', gemm({}, matrix, f32([1, 3], 'c'))],
    ['one bias of two axes', gemm({ beta: float(2) }, matrix, f32([1, 1], 'c'))],
    ['transposed data', gemm({ transA: 1 }, matrix, f32([3], 'c'), [4, 1])],
  ])('%s: folded, the same results, and then quantized', async (_, model) => {
    const folded = cloneModel(model);
    expect(await foldGemmFactors(folded.graph)).toBe(1);
    const feeds = {
      x: f32(
        model.graph.inputs[0].type?.kind === 'tensor' ? (model.graph.inputs[0].type.shape as number[]) : [],
        'x',
      ),
    };
    expectClose(await runModel(runner, folded, feeds), await runModel(runner, model, feeds), 1e-5);
    expect(await foldGemmFactors(folded.graph)).toBe(0);
    if (feeds.x.shape[0] !== 1) return;
    const { model: quantized, layers } = await quantizeGraph(runner, model);
    expect(layers.find(({ name }) => name === 'gemm')?.state).toBe('quantized');
    expect((await optimizedOperators(runner, quantized)).QGemm).toBe(1);
  });

  it('beta without C means nothing and goes', async () => {
    const model = gemm({ beta: float(7) }, matrix);
    await foldGemmFactors(model.graph);
    expect([...model.graph.nodes][0].attributes.has('beta')).toBe(false);
  });

  it.each([
    ['a column of biases', gemm({ alpha: float(2) }, matrix, f32([2, 1], 'c'), [2, 4])],
    ['a matrix of biases', gemm({ alpha: float(2) }, matrix, f32([2, 3], 'c'), [2, 4])],
    [
      'other than float32',
      gemm({ alpha: float(2) }, { dtype: 'double', shape: [4, 3], data: new Float64Array(12) }),
    ],
  ])('%s: as it was', async (_, model) => {
    expect(await foldGemmFactors(model.graph)).toBe(0);
    expect([...model.graph.nodes][0].float('alpha')).toBe(2);
  });
});
