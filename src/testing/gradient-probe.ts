import { differentiate } from '../autodiff/differentiate.ts';
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

type Tensors = Readonly<Record<string, Tensor>>;

export interface ProbeOptions {
  /** Values of all inputs. */
  readonly feeds: Tensors;
  /** Float inputs that are moved. */
  readonly inputs: readonly string[];
  /** Outputs that count; default all that are float. */
  readonly outputs?: readonly string[];
  /** Moves an input by steps in proportion to its typical size instead of steps of about 1. */
  readonly relative?: boolean;
  /** What is moved in place of the model itself: one of the same derivative (`freezeCorners`). */
  readonly moved?: Model;
}

/**
 * A model with a loss L = Σ r·y over its outputs, r random, whose derivative along a random direction of its inputs is known
 * by the gradient graph and can be asked for by moving.
 */
export class GradientProbe {
  /** Inputs the loss has no gradient of: not differentiated by intent, or without influence. They are not moved. */
  readonly still: readonly string[];
  /** The Euclidean norm of the gradient, each input in units of its steps. */
  readonly norm: number;
  readonly #forward: Session;
  readonly #feeds: Tensors;
  readonly #weights: Tensors;
  readonly #gradients: Tensors;
  readonly #sizes: ReadonlyMap<string, number>;

  private constructor(parts: {
    forward: Session;
    feeds: Tensors;
    weights: Tensors;
    gradients: Tensors;
    inputs: readonly string[];
    sizes: ReadonlyMap<string, number>;
  }) {
    this.#forward = parts.forward;
    this.#feeds = parts.feeds;
    this.#weights = parts.weights;
    this.#gradients = parts.gradients;
    this.#sizes = parts.sizes;
    this.still = parts.inputs.filter((name) => !parts.gradients[name]);
    const squares = Object.entries(parts.gradients).map(
      ([name, gradient]) => dot(gradient, gradient) * parts.sizes.get(name)! ** 2,
    );
    this.norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  }

  /** @throws PareError where there is no rule for an operator, or a shape is not fixed */
  static async open(runner: Runner, model: Model, options: ProbeOptions): Promise<GradientProbe> {
    const { feeds, inputs, relative = false } = options;
    const rng = new Rng(11);
    const forward = await runner.load(await modelToBytes(options.moved ?? model), { level: 'disabled' });
    const values = await forward.run(feeds);
    const names = options.outputs ?? Object.keys(values).filter((name) => values[name].dtype === 'float');
    const weights = Object.fromEntries(names.map((name) => [name, normals(values[name].shape, rng)]));
    const gradients = await gradientsOf(runner, model, inputs, { feeds, weights });
    const sizes = new Map(
      inputs.map((name) => [name, relative ? Math.max(typicalSize(feeds[name]), 1e-3) : 1]),
    );
    return new GradientProbe({ forward, feeds, weights, gradients, inputs, sizes });
  }

  /**
   * A random direction: the derivative along it, and L at a distance t.
   * @param isUphill turns every element to where the gradient says that L grows: all shares add up, so that the derivative
   *   stands out of the rounding of large models
   */
  direction(seed: number, isUphill = false): { derivative: number; at(t: number): Promise<number> } {
    const rng = new Rng(seed);
    const along = Object.fromEntries(
      Object.keys(this.#gradients).map((name) => {
        const { data, ...rest } = normals(this.#feeds[name].shape, rng);
        const signs = this.#gradients[name].data;
        const turned = isUphill
          ? data.map((x, i) => (Number(signs[i]) < 0 ? -Math.abs(x) : Math.abs(x)))
          : data;
        return [name, { ...rest, data: turned.map((x) => x * this.#sizes.get(name)!) }];
      }),
    );
    let derivative = 0;
    for (const [name, gradient] of Object.entries(this.#gradients)) derivative += dot(gradient, along[name]);
    return { derivative, at: (t) => this.#lossAt(along, t) };
  }

  async close(): Promise<void> {
    await this.#forward.close();
  }

  async #lossAt(along: Readonly<Record<string, Tensor<Float32Array>>>, t: number): Promise<number> {
    const moved = Object.fromEntries(
      Object.entries(along).map(([name, { data }]) => {
        const own = this.#feeds[name];
        return [name, { ...own, data: Float32Array.from(data, (x, i) => Number(own.data[i]) + t * x) }];
      }),
    );
    const results = await this.#forward.run({ ...this.#feeds, ...moved });
    return Object.entries(this.#weights).reduce((sum, [name, weight]) => sum + dot(results[name], weight), 0);
  }
}

async function gradientsOf(
  runner: Runner,
  model: Model,
  inputs: readonly string[],
  { feeds, weights }: { feeds: Tensors; weights: Tensors },
): Promise<Tensors> {
  const copy = cloneModel(model);
  const { graph } = copy;
  for (const value of graph.inputs)
    if (value.type?.kind === 'tensor' && feeds[value.name])
      value.type = { ...value.type, shape: feeds[value.name].shape };
  await makeDifferentiable(copy);
  const write = new GraphWriter(graph);
  const fed: Record<string, Tensor> = { ...feeds };
  const terms = graph.outputs.flatMap((value) => {
    const tensor = weights[value.name];
    if (!tensor) return [];
    const { dtype, shape } = tensor;
    const weight = new Value(graph.freshName(`weight of ${value.name}`), { kind: 'tensor', dtype, shape });
    graph.inputs.push(weight);
    fed[weight.name] = tensor;
    return [write.op('ReduceSum', [write.op('Mul', [value, weight])], { keepdims: 0 })];
  });
  const loss = write.op('Sum', terms);
  const facts = {
    types: await inferTypes(copy, { ignoreStated: true }),
    constants: await readSmallConstants(graph),
  };
  const wanted = graph.inputs.filter(({ name }) => inputs.includes(name));
  const gradients = [...differentiate(graph, loss, wanted, facts)];
  if (gradients.length === 0) return {};
  graph.outputs = gradients.map(([, gradient]) => write.op('Identity', [gradient]));
  graph.sort();
  const session = await runner.load(await modelToBytes(copy), { level: 'disabled' });
  const results = await session.run(fed).finally(() => session.close());
  return Object.fromEntries(gradients.map(([value], i) => [value.name, results[graph.outputs[i].name]]));
}

/** As training does before it differentiates. */
async function makeDifferentiable(model: Model): Promise<void> {
  const types = await inferTypes(model, { ignoreStated: true });
  // Differentiation refuses what is not known.
  const shapeOf = (value: Value) => (types.get(value)?.shape ?? []) as readonly number[];
  for (const node of [...model.graph.nodes]) toDifferentiableForm(node, shapeOf);
  model.graph.sort();
}

function typicalSize(tensor: Tensor): number {
  return Math.sqrt(dot(tensor, tensor) / Math.max(tensor.data.length, 1));
}

function normals(shape: readonly number[], rng: Rng): Tensor<Float32Array> {
  const data = Float32Array.from({ length: elementCount(shape) }, () => rng.normal());
  return { dtype: 'float', shape, data };
}

function dot(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < b.data.length; i++) sum += Number(a.data[i]) * Number(b.data[i]);
  return sum;
}
