import { beforeAll, describe, expect, test } from 'vitest';
import type { Runner } from '../../../base/runner.ts';
import type { Tensor } from '../../../base/tensor.ts';
import { cloneModel } from '../../../onnx/clone-model.ts';
import type { Model } from '../../../onnx/ir/model.ts';
import { readModel } from '../../../onnx/read/read-model.ts';
import { subgraphDepthFirst } from '../../../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../../../onnx/write/write-model.ts';
import { ortNode } from '../../../runtime/ort-node.ts';
import { ErrorStatistics } from '../../../tensor/error-statistics.ts';
import { brokenLinks } from '../../../testing/broken-links.ts';
import { buildQuantized, quantizedModels } from '../../../testing/quantized-models.ts';
import { runModel } from '../../../testing/run-model.ts';
import { f32 } from '../../../testing/tensors.ts';
import { dequantize } from '../dequantize.ts';
import { isQuantizedOperator } from '../is-quantized-operator.ts';
import { forms } from './index.generated.ts';

let runner: Runner;
beforeAll(async () => {
  runner = await ortNode();
});

/** Normal float32 numbers, and small codes and indices. */
function feedsOf(model: Model): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const { name, type } of model.graph.inputs) {
    if (type?.kind !== 'tensor') throw new Error(`"${name}" is no tensor`);
    const shape = type.shape?.map(Number) ?? [];
    const { data } = f32(shape, name);
    if (type.dtype === 'float') feeds[name] = { dtype: 'float', shape, data };
    else if (type.dtype === 'int64')
      feeds[name] = { dtype: 'int64', shape, data: BigInt64Array.from(data, (_, i) => BigInt((i * 5) % 6)) };
    else feeds[name] = { dtype: 'uint8', shape, data: Uint8Array.from(data, (x) => 128 + 30 * x) };
  }
  return feeds;
}

function numbers({ data }: Tensor): Float32Array {
  return Float32Array.from(data, Number);
}

test('every form has a model here', () => {
  expect([...new Set(quantizedModels.map(({ form }) => form))].sort()).toEqual(Object.keys(forms).sort());
});

describe.each(quantizedModels)('$form: $what', (quantized) => {
  test('float operators give the outputs of the quantized ones up to the rounding', async () => {
    const model = buildQuantized(quantized);
    const feeds = feedsOf(model);
    const expected = await runModel(runner, model, feeds);
    const result = await dequantize(cloneModel(model), { saturation: 'keep' }, runner);
    expect(result.forms[quantized.form]).toBeGreaterThan(0);
    expect(brokenLinks(result.model.graph)).toEqual([]);
    const written = await readModel(await modelToBytes(result.model));
    const nodes = [...subgraphDepthFirst(written.graph)].flatMap((graph) => [...graph.nodes]);
    expect(nodes.filter(isQuantizedOperator)).toEqual([]);
    const actual = await runModel(runner, written, feeds);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, output] of Object.entries(expected)) {
      expect(actual[name].shape, name).toEqual(output.shape);
      if (quantized.isExact) expect(actual[name].data, name).toEqual(output.data);
      const errors = new ErrorStatistics();
      errors.add(numbers(output), numbers(actual[name]));
      expect(errors.sqnrDb, name).toBeGreaterThan(25);
    }
  });
});
