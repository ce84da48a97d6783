import { expect } from 'vitest';
import { differentiate } from '../autodiff/differentiate.ts';
import { fixedShape } from '../autodiff/fixed-shape.ts';
import { Rng } from '../base/rng.ts';
import type { Runner, Session } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { toDifferentiableForm } from '../ops/differentiable-form.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import { inferTypes } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { elementCount } from '../tensor/element-count.ts';

export interface GradientCheck {
  /** Values of the inputs; gradients are checked for those of type float. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Step of the difference quotient, relative to inputs of about 1; default 1e-2. */
  readonly step?: number;
  /** Directions tried for each input; default 4. */
  readonly directions?: number;
  /** Allowed |quotient − derivative| relative to the larger of both and of the typical size; default 2e-3. */
  readonly tolerance?: number;
  /** Inputs that are not differentiated. */
  readonly fixed?: readonly string[];
}

/**
 * Compares the derivative of L = Σ r·y along random directions, by the gradient graph, with central difference quotients.
 * r is random, so that every output counts; sums are made in float64. Returns the largest relative difference.
 */
export async function expectGradients(runner: Runner, model: Model, check: GradientCheck): Promise<number> {
  const { feeds, fixed = [], directions = 4, step = 1e-2, tolerance = 2e-3 } = check;
  const rng = new Rng(7);
  const names = Object.keys(feeds).filter((name) => feeds[name].dtype === 'float' && !fixed.includes(name));
  const outputs = model.graph.outputs.map(({ name }) => name);
  const forward = await runner.load(await modelToBytes(model), { level: 'disabled' });
  const values = await forward.run(feeds);
  const weights = Object.fromEntries(outputs.map((name) => [name, normals(values[name].shape, rng)]));
  const gradients = await gradientsOf(runner, model, names, { feeds, weights });
  let worst = 0;
  for (const name of names) {
    for (let i = 0; i < directions; i++) {
      const along = normals(feeds[name].shape, rng);
      const derivative = dot(gradients[name], along);
      const quotient = await differenceQuotient(forward, { feeds, name, along, step, weights });
      const size = Math.max(Math.abs(quotient), norm(gradients[name]) / 10, 1e-3);
      worst = Math.max(worst, Math.abs(quotient - derivative) / size);
    }
    expect([...gradients[name].shape], name).toEqual([...feeds[name].shape]);
  }
  await forward.close();
  expect(worst, 'relative difference of derivative and quotient').toBeLessThanOrEqual(tolerance);
  return worst;
}

interface Weighted {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly weights: Readonly<Record<string, Tensor>>;
}

async function gradientsOf(
  runner: Runner,
  model: Model,
  names: readonly string[],
  { feeds, weights }: Weighted,
): Promise<Record<string, Tensor>> {
  const copy = cloneModel(model);
  const { graph } = copy;
  for (const value of graph.inputs) {
    if (value.type?.kind === 'tensor' && feeds[value.name])
      value.type = { ...value.type, shape: feeds[value.name].shape };
  }
  // As training does before it differentiates.
  const shapes = await inferTypes(copy);
  for (const node of [...graph.nodes]) toDifferentiableForm(node, (value) => fixedShape(value, shapes));
  const write = new GraphWriter(graph);
  const parts = graph.outputs.map((value) => {
    const { dtype, shape } = weights[value.name];
    const weight = new Value(graph.freshName(`weight of ${value.name}`), { kind: 'tensor', dtype, shape });
    graph.inputs.push(weight);
    return { weight, term: write.op('ReduceSum', [write.op('Mul', [value, weight])], { keepdims: 0 }) };
  });
  const loss = write.op(
    'Sum',
    parts.map(({ term }) => term),
  );
  const facts = { types: await inferTypes(copy), constants: await readSmallConstants(graph) };
  const wanted = names.map((name) => graph.inputs.find((value) => value.name === name)!);
  const gradients = differentiate(graph, loss, wanted, facts);
  const fed: Record<string, Tensor> = { ...feeds };
  for (const [i, value] of graph.outputs.entries()) fed[parts[i].weight.name] = weights[value.name];
  graph.outputs = wanted.map((value) => {
    const gradient = gradients.get(value);
    expect(gradient, `gradient of ${value.name}`).toBeDefined();
    return gradient!;
  });
  const session = await runner.load(await modelToBytes(copy), { level: 'disabled' });
  const results = await session.run(fed);
  await session.close();
  return Object.fromEntries(names.map((name, i) => [name, results[graph.outputs[i].name]]));
}

async function differenceQuotient(
  session: Session,
  {
    feeds,
    name,
    along,
    step,
    weights,
  }: Weighted & { name: string; along: Tensor<Float32Array>; step: number },
): Promise<number> {
  const at = async (t: number): Promise<number> => {
    const moved = Float32Array.from(feeds[name].data as Float32Array, (x, i) => x + t * along.data[i]);
    const results = await session.run({ ...feeds, [name]: { ...feeds[name], data: moved } });
    return Object.entries(weights).reduce((sum, [output, weight]) => sum + dot(results[output], weight), 0);
  };
  return ((await at(step)) - (await at(-step))) / (2 * step);
}

function normals(shape: readonly number[], rng: Rng): Tensor<Float32Array> {
  return {
    dtype: 'float',
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => rng.normal()),
  };
}

function dot(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < b.data.length; i++) sum += Number(a.data[i]) * Number(b.data[i]);
  return sum;
}

function norm(a: Tensor): number {
  return Math.sqrt(dot(a, a));
}
