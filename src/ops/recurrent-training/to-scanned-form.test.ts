import { describe, expect, test } from 'vitest';
import { differentiate } from '../../autodiff/differentiate.ts';
import type { Tensor } from '../../base/tensor.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32 } from '../../testing/tensors.ts';
import { compositeDomain } from '../composite-ops.ts';
import { expandComposites } from '../gradients/composites.ts';
import { GraphWriter } from '../graph-writer.ts';
import { inferTypes } from '../infer-types.ts';
import { readSmallConstants } from '../small-constants.ts';
import { expandRecurrence } from './expand-recurrence.ts';
import { toScannedForm } from './to-scanned-form.ts';

const runner = await ortNode();

interface Case {
  readonly attributes?: Attributes;
  readonly hasBias?: boolean;
  readonly hasInitialState?: boolean;
  readonly steps?: number;
  readonly batch?: number;
  /** Numbers of the outputs asked for; default all. */
  readonly outputs?: readonly number[];
  /** Inputs that are constants. */
  readonly frozen?: readonly string[];
}

const kinds = {
  LSTM: { opType: 'LSTM', gates: 4, states: 2, attributes: {} },
  GRU: { opType: 'GRU', gates: 3, states: 1, attributes: {} },
  'GRU, reset last': { opType: 'GRU', gates: 3, states: 1, attributes: { linear_before_reset: 1 } },
} as const;

const [features, hidden] = [3, 5];

const cases: Readonly<Record<string, Case>> = {
  plain: { hasBias: false },
  'from the end': { attributes: { direction: 'reverse' }, hasInitialState: true },
  'both ways': { attributes: { direction: 'bidirectional' }, hasInitialState: true },
  'both ways, batches first': {
    attributes: { direction: 'bidirectional', layout: 1 },
    hasInitialState: true,
  },
  'batches first': { attributes: { layout: 1 } },
  'one step of one sample': { steps: 1, batch: 1, hasInitialState: true },
  'last state only': { outputs: [1], batch: 1 },
  'all states only': { outputs: [0], steps: 7, hasBias: false, hasInitialState: true },
  'frozen weights': { frozen: ['w', 'r', 'b'] },
  'frozen input': { frozen: ['x'], attributes: { direction: 'bidirectional' } },
};

function build(kind: keyof typeof kinds, one: Case): { model: Model; feeds: Record<string, Tensor> } {
  const { opType, gates, states, attributes } = kinds[kind];
  const { hasBias = true, steps = 4, batch = 3, frozen = [] } = one;
  const d = one.attributes?.direction === 'bidirectional' ? 2 : 1;
  const isBatchFirst = one.attributes?.layout === 1;
  const b = new GraphBuilder();
  const feeds: Record<string, Tensor> = {};
  const given = (name: string, shape: number[]) => {
    const tensor = f32(shape, `${kind} ${name}`, 0.5);
    if (frozen.includes(name)) return b.constant(name, tensor);
    feeds[name] = tensor;
    return b.input(name, shape);
  };
  const state = (i: number) =>
    one.hasInitialState && i < states
      ? given(`initial${i}`, isBatchFirst ? [batch, d, hidden] : [d, batch, hidden])
      : undefined;
  const inputs = [
    given('x', isBatchFirst ? [batch, steps, features] : [steps, batch, features]),
    given('w', [d, gates * hidden, features]),
    given('r', [d, gates * hidden, hidden]),
    hasBias ? given('b', [d, 2 * gates * hidden]) : undefined,
    undefined,
    state(0),
    state(1),
  ];
  const wanted = one.outputs ?? Array.from({ length: 1 + states }, (_, i) => i);
  const node = b.nodeOf(opType, inputs.slice(0, inputs.findLastIndex((value) => value) + 1), {
    attributes: { hidden_size: hidden, ...attributes, ...one.attributes },
    outputs: Array.from({ length: 1 + states }, (_, i) => (wanted.includes(i) ? `y${i}` : '')),
  });
  return { model: b.model(18, ...wanted.map((i) => node.outputs[i]!)), feeds };
}

const scannedForm: Form = (node, shapeOf) => toScannedForm(node, shapeOf, 1);

type Form = (node: Node, shapeOf: (value: Value) => readonly number[]) => boolean;

/** Outputs of a form, and gradients of all inputs for a loss that every output counts in. */
async function resultsOf(model: Model, feeds: Readonly<Record<string, Tensor>>, form: Form) {
  const copy = cloneModel(model);
  const { graph } = copy;
  const shapes = await inferTypes(copy);
  for (const node of [...graph.nodes])
    expect(form(node, (value) => shapes.get(value)!.shape as number[])).toBe(true);
  const write = new GraphWriter(graph);
  const terms = graph.outputs.map((value) => {
    const weights = write.constant(f32(shapes.get(value)!.shape as number[], value.name));
    return write.op('ReduceSum', [write.op('Mul', [value, weights])], { keepdims: 0 });
  });
  const loss = write.op('Sum', terms);
  const facts = {
    types: await inferTypes(copy, { ignoreStated: true }),
    constants: await readSmallConstants(graph),
  };
  const gradients = differentiate(graph, loss, graph.inputs, facts);
  graph.outputs.push(...graph.inputs.map((value) => write.op('Identity', [gradients.get(value)!])));
  graph.sort();
  expect([...graph.nodes].filter(({ domain }) => domain === compositeDomain)).toEqual([]);
  return Object.values(await runModel(runner, copy, feeds));
}

/** Of all tensors, relative to the largest number of each. */
function largestDifference(ours: readonly Tensor[], theirs: readonly Tensor[]): number {
  const differences = ours.map(({ data, shape }, k) => {
    expect(shape).toEqual(theirs[k].shape);
    const largest = Math.max(...Array.from<unknown, number>(theirs[k].data, (x) => Math.abs(Number(x))));
    const off = Array.from<unknown, number>(data, (x, i) => Math.abs(Number(x) - Number(theirs[k].data[i])));
    return Math.max(...off) / largest;
  });
  return Math.max(...differences);
}

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('%s', (kind) => {
  test.each(Object.entries(cases))('%s: as step by step', async (_, one) => {
    const { model, feeds } = build(kind, one);
    const [scanned, unrolled] = [
      await resultsOf(model, feeds, scannedForm),
      await resultsOf(model, feeds, expandRecurrence),
    ];
    expect(largestDifference(scanned, unrolled)).toBeLessThan(3e-6);
  });

  test('derivatives are those of the engine', async () => {
    const { model, feeds } = build(kind, { ...cases['both ways'], steps: 12 });
    await expectGradients(runner, model, { feeds, directions: 2, step: 4e-3, tolerance: 3e-3 });
  });

  test('keeps nothing where no gradient is asked for', async () => {
    const { model, feeds } = build(kind, cases['from the end']);
    const engine = Object.values(await runModel(runner, model, feeds));
    const types = await inferTypes(model);
    for (const node of [...model.graph.nodes])
      scannedForm(node, (value) => types.get(value)!.shape as number[]);
    expandComposites(model.graph, new Set());
    const scan = [...model.graph.nodes].find(({ opType }) => opType === 'Scan')!;
    // The last states, and h of all steps.
    expect(scan.outputs).toHaveLength(kinds[kind].states + 1);
    expect(largestDifference(Object.values(await runModel(runner, model, feeds)), engine)).toBeLessThan(2e-6);
  });
});

test('named activations may be the usual ones; what asks for more, and what is short, stays', async () => {
  const texts = (...names: string[]) => ({
    type: 'STRINGS' as const,
    value: names.map((name) => new TextEncoder().encode(name)),
  });
  const isScanned = async (attributes: Attributes, steps = 12) => {
    const { model } = build('GRU', { attributes, steps });
    const types = await inferTypes(model);
    return [...model.graph.nodes].map((node) =>
      toScannedForm(node, (value) => types.get(value)!.shape as number[]),
    );
  };
  expect(await isScanned({ activations: texts('sigmoid', 'Tanh') })).toEqual([true]);
  expect(await isScanned({ activations: texts('Sigmoid', 'Relu') })).toEqual([false]);
  expect(await isScanned({}, 11)).toEqual([false]);
  expect(await isScanned({ clip: { type: 'FLOAT', value: 1 } })).toEqual([false]);
});
