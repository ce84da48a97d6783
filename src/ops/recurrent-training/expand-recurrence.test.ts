import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { AttributeValue } from '../../onnx/ir/attribute.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32 } from '../../testing/tensors.ts';
import { inferTypes } from '../infer-types.ts';
import { expandRecurrence } from './expand-recurrence.ts';

const runner = await ortNode();

interface Case {
  readonly type: 'LSTM' | 'GRU' | 'RNN';
  readonly title: string;
  readonly attributes?: Attributes;
  readonly hasBias?: boolean;
  readonly hasInitialState?: boolean;
  readonly hasPeepholes?: boolean;
  readonly lengths?: readonly number[];
  readonly steps?: number;
  readonly batch?: number;
  /** Numbers of the outputs asked for; default all. */
  readonly outputs?: readonly number[];
}

const gates = { LSTM: 4, GRU: 3, RNN: 1 };
const [features, hidden] = [3, 5];

function strings(...values: string[]): AttributeValue {
  return { type: 'STRINGS', value: values.map((text) => new TextEncoder().encode(text)) };
}

function alphas(...value: number[]): AttributeValue {
  return { type: 'FLOATS', value };
}

const cases: Case[] = [
  ...(['LSTM', 'GRU', 'RNN'] as const).flatMap((type): Case[] => [
    { type, title: 'plain', hasBias: false },
    { type, title: 'reverse', attributes: { direction: 'reverse' }, hasInitialState: true },
    { type, title: 'bidirectional', attributes: { direction: 'bidirectional' }, hasInitialState: true },
    { type, title: 'lengths', lengths: [4, 1, 3], hasInitialState: true },
    { type, title: 'lengths, both ways', lengths: [2, 4, 1], attributes: { direction: 'bidirectional' } },
    { type, title: 'one step of one sample', steps: 1, batch: 1, hasInitialState: true },
    { type, title: 'last state only', outputs: [1] },
    { type, title: 'all states only', outputs: [0], steps: 7, batch: 1 },
    // More than pare reads of a list of lengths.
    { type, title: 'many steps', steps: 300, batch: 1, outputs: [1] },
    { type, title: 'clip', attributes: { clip: float(0.4) } },
  ]),
  { type: 'LSTM', title: 'peepholes', hasPeepholes: true, hasInitialState: true },
  { type: 'LSTM', title: 'peepholes, no initial state', hasPeepholes: true, hasBias: false },
  { type: 'LSTM', title: 'cell state only', outputs: [2] },
  { type: 'LSTM', title: 'input and forget gates coupled', attributes: { input_forget: 1 } },
  {
    type: 'LSTM',
    title: 'other activations',
    attributes: {
      activations: strings('HardSigmoid', 'Softsign', 'ScaledTanh'),
      activation_alpha: alphas(0.3, 0.9),
      activation_beta: alphas(0.4, 0.7),
    },
  },
  { type: 'GRU', title: 'reset last', attributes: { linear_before_reset: 1 }, hasInitialState: true },
  { type: 'GRU', title: 'reset last, no bias', attributes: { linear_before_reset: 1 }, hasBias: false },
  {
    type: 'GRU',
    title: 'other activations',
    attributes: { activations: strings('sigmoid', 'softplus') },
  },
  {
    type: 'RNN',
    title: 'other activations, both ways',
    attributes: {
      direction: 'bidirectional',
      activations: strings('LeakyRelu', 'Affine'),
      activation_alpha: alphas(0.2, 0.5),
      activation_beta: alphas(0.1),
    },
  },
];

function build(one: Case): { model: Model; feeds: Record<string, Tensor> } {
  const { type, attributes = {}, hasBias = true, steps = 4, batch = 3 } = one;
  const d = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = gates[type] * hidden;
  const b = new GraphBuilder();
  const feeds: Record<string, Tensor> = {};
  const fed = (name: string, shape: number[]) => {
    feeds[name] = f32(shape, `${one.title} ${name}`, 0.5);
    return b.input(name, shape);
  };
  const states = type === 'LSTM' ? 2 : 1;
  const lengths = one.lengths && {
    dtype: 'int32' as const,
    shape: [batch],
    data: Int32Array.from(one.lengths),
  };
  const initial = Array.from({ length: 2 }, (_, i) =>
    one.hasInitialState && i < states ? fed(`initial${i}`, [d, batch, hidden]) : undefined,
  );
  const all = [
    fed('x', [steps, batch, features]),
    fed('w', [d, rows, features]),
    fed('r', [d, rows, hidden]),
    hasBias ? fed('b', [d, 2 * rows]) : undefined,
    lengths && b.constant('lengths', lengths),
    ...initial,
    one.hasPeepholes ? fed('p', [d, 3 * hidden]) : undefined,
  ];
  const inputs = all.slice(0, all.findLastIndex((value) => value) + 1);
  const wanted = one.outputs ?? Array.from({ length: 1 + states }, (_, i) => i);
  const node = b.nodeOf(type, inputs, {
    attributes: { hidden_size: hidden, ...attributes },
    outputs: Array.from({ length: 1 + states }, (_, i) => (wanted.includes(i) ? `y${i}` : '')),
  });
  return { model: b.model(18, ...wanted.map((i) => node.outputs[i]!)), feeds };
}

async function expanded(model: Model): Promise<Model> {
  const copy = cloneModel(model);
  const types = await inferTypes(copy);
  for (const node of [...copy.graph.nodes])
    expect(expandRecurrence(node, (value) => types.get(value)!.shape as number[])).toBe(true);
  copy.graph.sort();
  return copy;
}

function largestDifference(a: Record<string, Tensor>, b: Record<string, Tensor>): number {
  const parts = Object.keys(a).flatMap((name) =>
    Array.from<unknown, number>(a[name].data, (x, i) => Math.abs(Number(x) - Number(b[name].data[i]))),
  );
  return Math.max(...parts);
}

describe.each(['LSTM', 'GRU', 'RNN'] as const)('%s', (type) => {
  const own = cases.filter((one) => one.type === type);

  test.each(own.map((one) => [one.title, one] as const))('%s', async (_, one) => {
    const { model, feeds } = build(one);
    const unrolled = await expanded(model);
    const [before, after] = [await runModel(runner, model, feeds), await runModel(runner, unrolled, feeds)];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(largestDifference(before, after)).toBeLessThan(2e-6);
    // A step crosses few corners of a clip, if it is small.
    const isCornered = one.attributes?.clip !== undefined || one.title.startsWith('other');
    await expectGradients(runner, unrolled, {
      feeds,
      directions: 2,
      step: isCornered ? 1e-3 : 4e-3,
      tolerance: isCornered ? 2e-2 : 3e-3,
    });
  });
});

test('batches may come first, which the engine cannot do itself', async () => {
  const { model, feeds } = build({ type: 'GRU', title: 'layout', hasInitialState: true });
  const turned = await expanded(model);
  const copy = cloneModel(model);
  for (const node of copy.graph.nodes) node.setInt('layout', 1);
  const swapped: Record<string, Tensor> = { ...feeds };
  for (const value of copy.graph.inputs) {
    if (value.name !== 'x' && value.name !== 'initial0') continue;
    swapped[value.name] = swapFirstAxes(feeds[value.name]);
    value.type = { kind: 'tensor', dtype: 'float', shape: swapped[value.name].shape };
  }
  const batchFirst = await expanded(copy);
  const plain = await runModel(runner, turned, feeds);
  const results = await runModel(runner, batchFirst, swapped);
  const [[y], [last]] = [Object.values(results), Object.values(results).slice(1)].map((list) => [list[0]]);
  // Y [T, D, B, H] of one direction holds the same numbers as [T, B, H].
  const [plainY, plainLast] = Object.values(plain);
  const expectedY = swapFirstAxes({ ...plainY, shape: [4, 3, hidden] });
  expect(largestDifference({ y: expectedY }, { y })).toBeLessThan(1e-6);
  expect(largestDifference({ last: swapFirstAxes(plainLast) }, { last })).toBeLessThan(1e-6);
  expect(y.shape).toEqual([3, 4, 1, hidden]);
  expect(last.shape).toEqual([3, 1, hidden]);
});

test('what it does not know stays', async () => {
  const { model } = build({ type: 'RNN', title: 'unknown', attributes: { activations: strings('Cosine') } });
  const types = await inferTypes(model);
  for (const node of model.graph.nodes)
    expect(expandRecurrence(node, (value) => types.get(value)!.shape as number[])).toBe(false);
  expect([...model.graph.nodes].map(({ opType }) => opType)).toEqual(['RNN']);
});

function swapFirstAxes({ shape, data, dtype }: Tensor): Tensor {
  const [a, b, ...rest] = shape;
  const inner = rest.reduce((product, n) => product * n, 1);
  const out = new Float32Array(data.length);
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < inner; k++) out[(j * a + i) * inner + k] = Number(data[(i * b + j) * inner + k]);
  return { dtype, shape: [b, a, ...rest], data: out } as Tensor;
}
