import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetFromTensors } from '../data/dataset-from-tensors.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { runModel } from '../testing/run-model.ts';
import { addNamedConv } from '../testing/small-nets.ts';
import { f32 } from '../testing/tensors.ts';

const runner = await ortNode();
const SAMPLES = 16;

/** Data far from zero on average, as behind a Relu: there errors of weights do not cancel. */
function biasedData(shape: readonly number[]): { data: Dataset; all: Tensor } {
  const { data } = f32([SAMPLES, ...shape], 'biased');
  const all = { dtype: 'float' as const, shape: [SAMPLES, ...shape], data: data.map((x) => Math.abs(x) + 1) };
  return { data: datasetFromTensors({ inputs: { x: all } }), all };
}

/** Mean error of each channel of the output over samples and positions. */
function meanErrors(before: Tensor, after: Tensor, channels: number, inner: number): number[] {
  const sums = new Array<number>(channels).fill(0);
  before.data.forEach((x, i) => {
    sums[Math.floor(i / inner) % channels] += Number(after.data[i]) - Number(x);
  });
  return sums.map((sum) => sum / (before.data.length / channels));
}

async function worstMeanError(
  model: Model,
  shape: readonly number[],
  inner: number,
  biasCorrection: boolean,
) {
  const { data, all } = biasedData(shape);
  const { model: quantized } = await quantizeGraph(
    runner,
    model,
    { biasCorrection, reduceRange: true },
    data,
  );
  const { y: before } = await runModel(runner, model, { x: all });
  const { y: after } = await runOptimized(runner, quantized, { x: all });
  return Math.max(...meanErrors(before, after, before.shape[1], inner).map(Math.abs));
}

function convolution(hasBias: boolean): Model {
  const b = new GraphBuilder();
  const y = addNamedConv(b, 'conv', b.input('x', ['n', 8, 6, 6]), [8, 6], { hasBias });
  y.name = 'y';
  return b.model(13, y);
}

function product(transB: number): Model {
  const b = new GraphBuilder();
  const w = b.weights('w', transB ? [5, 64] : [64, 5]);
  const inputs = [b.input('x', ['n', 64]), w];
  return b.model(18, b.node('Gemm', inputs, { name: 'gemm', outputs: ['y'], attributes: { transB } }));
}

describe('bias correction', () => {
  it.each([
    ['a convolution', convolution(true), [8, 6, 6], 36],
    ['a convolution without a bias', convolution(false), [8, 6, 6], 36],
    ['a Gemm, operator set 18', product(0), [64], 1],
    ['a Gemm with transB', product(1), [64], 1],
  ])('takes the mean error out of %s', async (_, model, shape, inner) => {
    const before = await worstMeanError(model, shape, inner, false);
    const after = await worstMeanError(model, shape, inner, true);
    expect(after).toBeLessThan(before / 5);
  });

  it('subtracts mean(ΔW ∗ x), as the closed form has it', async () => {
    const model = product(0);
    const { data, all } = biasedData([64]);
    const plain = await quantizeGraph(runner, model, { biasCorrection: false }, data);
    const corrected = await quantizeGraph(runner, model, {}, data);
    const constants = async ({ graph }: Model, dtype: string) => {
      const [value] = [...graph.initializers].filter(
        ({ initializer, uses }) =>
          initializer?.dtype === dtype && initializer.shape.length > 0 && uses[0].index === 0,
      );
      const [, scale] = value.uses[0].node.inputs;
      const codes = await readTensorSource(value.initializer!);
      const scales = await readTensorSource(scale!.initializer!);
      return { codes: Array.from(codes.data, Number), scales: Array.from(scales.data, Number) };
    };
    const { codes, scales } = await constants(plain.model, 'int8');
    const bias = await constants(corrected.model, 'int32');
    const weights = f32([64, 5], 'w').data;
    for (let c = 0; c < 5; c++) {
      let shift = 0;
      for (let k = 0; k < 64; k++) {
        let mean = 0;
        for (let n = 0; n < SAMPLES; n++) mean += Number(all.data[n * 64 + k]) / SAMPLES;
        shift += (codes[k * 5 + c] * scales[c] - weights[k * 5 + c]) * mean;
      }
      // The bias lies on the grid of the layer's sums.
      expect(Math.abs(bias.codes[c] * bias.scales[c] + shift)).toBeLessThan(bias.scales[c] * 0.51);
    }
  });

  it('leaves float layers, and models of float results, as they are', async () => {
    const b = new GraphBuilder();
    const first = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), [4, 4]);
    const model = b.model(13, addNamedConv(b, 'd', first, [4, 4]));
    const { model: result } = await quantizeGraph(runner, model, { exclude: ['a'] });
    const bias = [...result.graph.initializers].find(({ name }) => name === 'a.b');
    expect((await readTensorSource(bias!.initializer!)).data).toEqual(f32([4], 'a.b').data);
  });

  it('a model without a layer that takes a bias', async () => {
    const b = new GraphBuilder();
    const model = b.model(
      13,
      b.node('MatMul', [b.input('x', [1, 3, 4]), b.weights('w', [4, 5])], { name: 'm' }),
    );
    expect((await quantizeGraph(runner, model)).layers.map(({ state }) => state)).toEqual(['quantized']);
  });

  it('a bias that two layers share is corrected for each', async () => {
    const b = new GraphBuilder();
    const bias = b.weights('shared', [4]);
    const x = b.input('x', [1, 4, 6, 6]);
    const conv = (name: string) => b.node('Conv', [x, b.weights(`${name}.w`, [4, 4, 1, 1]), bias], { name });
    const { model } = await quantizeGraph(runner, b.model(13, conv('a'), conv('d')));
    const biases = [...model.graph.initializers].filter(({ initializer }) => initializer?.dtype === 'int32');
    expect(biases).toHaveLength(2);
  });
});
