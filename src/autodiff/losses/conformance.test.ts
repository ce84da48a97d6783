import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32, floats } from '../../testing/tensors.ts';
import type { Loss } from '../loss.ts';
import { losses } from './index.generated.ts';

const runner = await ortNode();
const shape = [4, 3];
const logits = f32(shape, 'logits');
const classes: Tensor = { dtype: 'int64', shape: [4], data: BigInt64Array.of(0n, 2n, 1n, 2n) };
const values: Tensor = {
  ...f32(shape, 'values'),
  data: f32(shape, 'values').data.map((x) => 1 / (1 + Math.exp(-x))),
};

function modelOf(loss: Loss, given: object, target: Tensor, weights?: Tensor) {
  const b = new GraphBuilder();
  const write = new GraphWriter(b.graph);
  const prediction = b.input('prediction', shape);
  const sampleWeights = weights && b.constant('weights', weights);
  const inputs = { write, prediction, shape, target: b.constant('target', target), sampleWeights };
  const output = loss.build(inputs, loss.options.parse(given));
  return b.model(18, write.op('Identity', [output]));
}

async function lossOf(name: keyof typeof losses, given: object, target: Tensor, weights?: Tensor) {
  const model = modelOf(losses[name], given, target, weights);
  const result = await runModel(runner, model, { prediction: logits });
  return Number(Object.values(result)[0].data[0]);
}

/** log softmax of a row in float64. */
function logSoftmax(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const sum = Math.log(row.reduce((total, z) => total + Math.exp(z - top), 0)) + top;
  return row.map((z) => z - sum);
}

const rows = [0, 1, 2, 3].map((i) => Array.from(logits.data.slice(3 * i, 3 * i + 3)));
const wanted = [0, 1, 2, 3].map((i) => Array.from(values.data, Number).slice(3 * i, 3 * i + 3));
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe.each(Object.entries<Loss>(losses))('%s', (_, loss) => {
  const target = loss.target === 'classes' ? classes : values;

  test('its gradient is that of its value', async () => {
    await expectGradients(runner, modelOf(loss, {}, target), {
      feeds: { prediction: logits },
      step: 1e-3,
      tolerance: 1e-2,
    });
  });

  test('rows of weight 0 do not count', async () => {
    const all = modelOf(loss, {}, target, floats([4], [1, 1, 0, 0]));
    const moved = { ...logits, data: logits.data.map((x, i) => (i < 6 ? x : x + 1)) };
    const [a, b] = [
      await runModel(runner, all, { prediction: logits }),
      await runModel(runner, all, { prediction: moved }),
    ];
    expect(Object.values(a)[0].data).toEqual(Object.values(b)[0].data);
    expect(Object.values(a)[0].shape).toEqual([]);
  });
});

describe('values', () => {
  test('cross-entropy', async () => {
    const each = rows.map((row, i) => -logSoftmax(row)[Number(classes.data[i])]);
    expect(await lossOf('cross-entropy', {}, classes)).toBeCloseTo(mean(each), 5);
    const smooth = rows.map((row, i) => {
      const logs = logSoftmax(row);
      return -0.8 * logs[Number(classes.data[i])] - 0.2 * mean(logs);
    });
    expect(await lossOf('cross-entropy', { labelSmoothing: 0.2 }, classes)).toBeCloseTo(mean(smooth), 5);
    const weights = [1, 2, 4];
    const own = Array.from(classes.data, Number).map((c) => weights[c]);
    const weighted = each.reduce((sum, x, i) => sum + x * own[i], 0) / own.reduce((a, b) => a + b, 0);
    expect(await lossOf('cross-entropy', { classWeights: weights }, classes)).toBeCloseTo(weighted, 5);
  });

  test('mse, mae and huber', async () => {
    const differences = rows.flatMap((row, i) => row.map((y, j) => y - wanted[i][j]));
    expect(await lossOf('mse', {}, values)).toBeCloseTo(mean(differences.map((d) => d * d)), 5);
    expect(await lossOf('mae', {}, values)).toBeCloseTo(mean(differences.map(Math.abs)), 5);
    const bent = differences.map((d) => (Math.abs(d) <= 0.5 ? d * d * 0.5 : 0.5 * (Math.abs(d) - 0.25)));
    expect(await lossOf('huber', { delta: 0.5 }, values)).toBeCloseTo(mean(bent), 5);
  });

  test('bce, from logits and probabilities', async () => {
    const each = rows.flatMap((row, i) => row.map((z, j) => Math.log1p(Math.exp(z)) - wanted[i][j] * z));
    expect(await lossOf('bce', {}, values)).toBeCloseTo(mean(each), 5);
    const b = losses.bce.options.parse({ from: 'probabilities' });
    const probabilities = { ...logits, data: logits.data.map((z) => 1 / (1 + Math.exp(-z))) };
    const model = modelOf(losses.bce, b, values);
    const result = await runModel(runner, model, { prediction: probabilities });
    expect(Number(Object.values(result)[0].data[0])).toBeCloseTo(mean(each), 5);
  });

  test('cosine', async () => {
    const dot = (a: readonly number[], c: readonly number[]) => a.reduce((sum, x, i) => sum + x * c[i], 0);
    const each = rows.map((y, i) => 1 - dot(y, wanted[i]) / Math.sqrt(dot(y, y) * dot(wanted[i], wanted[i])));
    expect(await lossOf('cosine', {}, values)).toBeCloseTo(mean(each), 5);
  });

  test('kl with temperature', async () => {
    const cool = (row: readonly number[]) => logSoftmax(row.map((z) => z / 2));
    const each = rows.map((row, i) => {
      const [q, p] = [cool(row), cool(wanted[i])];
      return 4 * p.reduce((sum, x, j) => sum + Math.exp(x) * (x - q[j]), 0);
    });
    expect(await lossOf('kl', { temperature: 2 }, values)).toBeCloseTo(mean(each), 5);
  });
});
