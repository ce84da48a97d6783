import { afterAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import type { Node } from '../../src/onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../src/onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../src/onnx/ir/value.ts';
import { readModel } from '../../src/onnx/read/read-model.ts';
import { opOf } from '../../src/ops/index.ts';
import { clean } from '../../src/passes/clean.ts';
import { upgradeOpset } from '../../src/passes/upgrade-opset.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { failureOf } from '../../src/testing/failure-of.ts';
import { GradientProbe } from '../../src/testing/gradient-probe.ts';
import { hasOnnxCases, type OnnxCase, onnxCases } from '../../src/testing/onnx-cases.ts';

/** Gradient graphs are written in this operator set or a later one. */
const OPSET = 18;
const STEPS = [1e-2, 3e-3, 1e-3, 2e-4];
const TOLERANCE = 1e-2;

const runner = await ortNode();
const cases = hasOnnxCases ? onnxCases().filter(({ ort }) => ort === 'pass') : [];

/** Operators whose gradient is not their derivative, by intent. */
const straightThrough = /^(Floor|Ceil|Round|Sign|QuantizeLinear|DynamicQuantizeLinear|DequantizeLinear)$/;

/** Inputs that rules leave out: statistics, weights of classes, rates, what pads are filled with, angles. */
const withoutGradient = [
  'BatchNormalization 3',
  'BatchNormalization 4',
  'Dropout 1',
  'NegativeLogLikelihoodLoss 2',
  'Pad 2',
  'RotaryEmbedding 1',
  'RotaryEmbedding 2',
  'SoftmaxCrossEntropyLoss 2',
];

/** Operators between a float32 input and output that have no rule, or not for every form (Attention). */
const withoutRule = [
  'AffineGrid',
  'Attention',
  'Binarizer',
  'Col2Im',
  'ConcatFromSequence',
  'DeformConv',
  'Det',
  'GridSample',
  'Hardmax',
  'Scan',
  'SequenceAt',
  'TensorScatter',
  'TreeEnsemble',
];

type Verdict =
  | 'right'
  | 'wrong'
  | 'no float32 input'
  | 'no float32 output'
  | 'no rule'
  | 'shape not fixed'
  | 'straight through'
  | 'not smooth here'
  | 'not finite'
  | 'other float types'
  | 'too old'
  | 'no influence'
  | 'fails';

interface Outcome {
  readonly verdict: Verdict;
  readonly told?: string;
  /** Inputs without gradient, by operator and place. */
  readonly still?: readonly string[];
}

async function outcomeOf(onnxCase: OnnxCase): Promise<Outcome> {
  const model = await readModel(onnxCase.model);
  if (model.opset < OPSET) await upgradeOpset(model, OPSET);
  const feeds = await feedsOf(model, onnxCase);
  // As training does; folds what decides shapes.
  await clean(model, { runner });
  const { graph } = model;
  const inputs = graph.inputs.map(({ name }) => name).filter((name) => feeds[name]?.dtype === 'float');
  if (inputs.length === 0) return { verdict: 'no float32 input' };
  if (!graph.outputs.some(isFloat)) return { verdict: 'no float32 output' };
  if ([...graph.nodes].some((node) => straightThrough.test(node.opType)))
    return { verdict: 'straight through' };
  if ([...graph.nodes].some(casts)) return { verdict: 'other float types' };
  const outputs = graph.outputs
    .filter((value) => isFloat(value) && !isByproduct(value))
    .map(({ name }) => name);
  const probe = await GradientProbe.open(runner, model, { feeds, inputs, outputs });
  try {
    const still = probe.still.flatMap((name) => placesOf(graph.inputs.find((value) => value.name === name)!));
    if (probe.still.length === inputs.length) return { verdict: 'no influence', still };
    const verdicts = [await along(probe, 1), await along(probe, 2)];
    const worst = verdicts.find(({ verdict }) => verdict !== 'right') ?? verdicts[0];
    return { ...worst, still };
  } finally {
    await probe.close();
  }
}

/** Whether some step's quotient is the derivative; if none, whether quotients agree among themselves. */
async function along(probe: GradientProbe, seed: number): Promise<Outcome> {
  const { derivative, at } = probe.direction(seed);
  const here = await at(0);
  if (!Number.isFinite(here)) return { verdict: 'not finite', told: `L = ${here}` };
  const sizeWith = (quotient: number) =>
    Math.max(Math.abs(derivative), Math.abs(quotient), probe.norm / 10, 1e-4);
  const sides: number[] = [];
  const quotients: number[] = [];
  for (const step of STEPS) {
    const [after, before] = [await at(step), await at(-step)];
    const quotient = (after - before) / (2 * step);
    if (Math.abs(quotient - derivative) <= TOLERANCE * sizeWith(quotient)) return { verdict: 'right' };
    quotients.push(quotient);
    sides.push((after - 2 * here + before) / step);
  }
  const told = `derivative ${derivative}, quotients ${quotients.map((q) => q.toPrecision(4)).join(' ')}`;
  const size = sizeWith(Math.max(...quotients.map(Math.abs)));
  const spread = Math.max(...quotients) - Math.min(...quotients);
  // At a corner the quotients to either side stay apart, however short the step.
  const isSmooth = spread < 0.05 * size && sides.every((difference) => Math.abs(difference) < 0.05 * size);
  return { verdict: isSmooth ? 'wrong' : 'not smooth here', told };
}

/** Integers, and lists an operator reads before running, become constants, as they are in real models. */
async function feedsOf(model: Model, onnxCase: OnnxCase): Promise<Record<string, Tensor>> {
  const feeds: Record<string, Tensor> = {};
  for (const [i, value] of model.graph.inputs.entries()) {
    if (value.type?.kind !== 'tensor') continue;
    const tensor = await onnxCase.input(i);
    if (!tensor) continue;
    if (isFloat(value) && !value.uses.some(({ node, index }) => index > 0 && opOf(node)?.readsFloats)) {
      feeds[value.name] = tensor;
      continue;
    }
    if (tensor.dtype === 'int64' || tensor.dtype === 'int32' || isFloat(value))
      value.initializer = tensorSourceOfTensor(tensor);
    else feeds[value.name] = tensor;
  }
  for (const value of model.graph.inputs) if (value.initializer) model.graph.adoptInitializer(value);
  model.graph.inputs = model.graph.inputs.filter((value) => !value.initializer);
  return feeds;
}

function isFloat({ type }: Value): boolean {
  return type?.kind === 'tensor' && type.dtype === 'float';
}

/** To float16, bfloat16 or double: gradient graphs are written in float32. */
function casts(node: Node): boolean {
  return node.opType === 'Cast' && [10, 11, 16].includes(node.int('to') ?? 1);
}

/** Mean and inverse deviation, which nobody learns by: the rule of LayerNormalization is for its first output alone. */
function isByproduct(value: Value): boolean {
  const { producer } = value;
  return producer?.opType === 'LayerNormalization' && producer.output !== value;
}

function placesOf(value: Value): string[] {
  return value.uses.map(({ node, index }) => `${node.opType} ${index}`);
}

async function safely(onnxCase: OnnxCase): Promise<Outcome> {
  try {
    return await outcomeOf(onnxCase);
  } catch (error) {
    const failure = failureOf(error);
    const code = failure.kind === 'failed' ? failure.code : '';
    const told = failure.kind === 'failed' ? failure.message : '';
    if (code === 'no-gradient-rule') return { verdict: 'no rule', told };
    if (code === 'cannot-upgrade-operator') return { verdict: 'too old', told };
    return { verdict: code === 'shape-not-fixed' ? 'shape not fixed' : 'fails', told: `${code}: ${told}` };
  }
}

describe.skipIf(!hasOnnxCases)('Gradients (skipped where ../shared/assets is absent)', () => {
  const counts = new Map<Verdict, number>();
  afterAll(() =>
    console.log(
      `Gradients of backend cases: ${[...counts].map(([verdict, n]) => `${n} ${verdict}`).join(', ')}`,
    ),
  );

  it('of backend cases are what moving their inputs shows', { timeout: 120_000 }, async () => {
    const doubtful: string[] = [];
    const still = new Set<string>();
    const lacking = new Set<string>();
    for (const onnxCase of cases) {
      const { verdict, told = '', ...outcome } = await safely(onnxCase);
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if (verdict === 'right') for (const place of outcome.still ?? []) still.add(place);
      if (verdict === 'no rule') lacking.add(told.match(/known for (\w+)/)?.[1] ?? told);
      if (verdict === 'wrong' || verdict === 'fails') doubtful.push(`${onnxCase.name}: ${told}`);
    }
    expect(doubtful).toEqual([]);
    expect(counts.get('right')).toBeGreaterThanOrEqual(500);
    // Corners, places where a float32 quotient is all noise, values beyond a function's domain.
    expect(counts.get('not smooth here')).toBeLessThanOrEqual(25);
    expect([...still].sort()).toEqual(withoutGradient);
    expect([...lacking].sort()).toEqual(withoutRule);
  });
});
