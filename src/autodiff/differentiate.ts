import { check } from '../base/check.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { valuesRead } from '../onnx/values-read.ts';
import type { GradientContext } from '../ops/gradient.ts';
import { expandComposites } from '../ops/gradients/composites.ts';
import { gradientOf } from '../ops/gradients/index.ts';
import { GraphWriter } from '../ops/graph-writer.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import type { SmallConstants } from '../ops/small-constants.ts';
import { noGradientRule } from './errors.ts';
import { fixedShape } from './fixed-shape.ts';
import { sumOfProducts } from './sum-of-products.ts';

export interface ForwardFacts {
  /** Types of all values of the forward graph, every length known. */
  readonly types: TypeMap;
  readonly constants: SmallConstants;
}

export interface DifferentiateOptions {
  /** Composites are left for a back end to spell out; default false. */
  readonly keepsComposites?: boolean;
}

/**
 * Reverse-mode differentiation: adds the nodes to the graph that compute dL/dp for a scalar L and each of `parameters`.
 * Works node by node from the loss backwards, summing what arrives at a value from its readers (Griewank & Walther,
 * Evaluating Derivatives, §3.2). Only nodes on a way from a parameter to the loss are visited.
 * @returns the gradient of each parameter the loss depends on
 * @throws PareError `no-gradient-rule` with the way from parameter to loss, `shape-not-fixed`
 */
export function differentiate(
  graph: Graph,
  loss: Value,
  parameters: Iterable<Value>,
  facts: ForwardFacts,
  { keepsComposites = false }: DifferentiateOptions = {},
): Map<Value, Value> {
  graph.sort();
  const wanted = new Set(parameters);
  const active = activeValues(graph, wanted);
  const order = nodesBehind(graph, loss, active);
  const write = new GraphWriter(graph);
  const pending = new Map<Value, Value[]>([[loss, [write.scalar(1)]]]);
  const gradients = new Map<Value, Value>();
  const { types } = facts;
  const settle = (value: Value): Value | undefined => {
    const known = gradients.get(value);
    const parts = pending.get(value);
    if (known || !parts) return known;
    const total = totalOf(write, parts, types.get(value)?.shape?.length, gradients);
    gradients.set(value, total);
    return total;
  };
  for (const node of order) {
    if (!node.outputs.some((value) => value && pending.has(value))) continue;
    const rule = gradientOf(node);
    if (!rule) throw noGradientRule(node, wayThrough(node, wanted, loss, active));
    const context = contextOf(node, write, active, facts, (value) => settle(value));
    for (const [index, part] of rule(context).entries()) {
      const input = node.inputs[index];
      if (!part || !input || !active.has(input)) continue;
      pending.set(input, [...(pending.get(input) ?? []), part]);
    }
  }
  const results = new Map<Value, Value>();
  for (const parameter of wanted) {
    const gradient = settle(parameter);
    if (gradient) results.set(parameter, gradient);
  }
  graph.sort();
  if (!keepsComposites) expandComposites(graph, new Set(results.values()));
  return results;
}

/** The sum of what arrived at a value. */
function totalOf(
  write: GraphWriter,
  parts: readonly Value[],
  rank: number | undefined,
  settled: ReadonlyMap<Value, Value>,
): Value {
  if (parts.length === 1) return parts[0];
  const areProducts = rank === 2 && parts.every(({ producer }) => producer?.opType === 'MatMul');
  if (!areProducts) return write.op('Sum', parts);
  const known = new Set(settled.values());
  return sumOfProducts(write, parts, (value) => known.has(value)) ?? write.op('Sum', parts);
}

function contextOf(
  node: Node,
  write: GraphWriter,
  active: ReadonlySet<Value>,
  { types, constants }: ForwardFacts,
  gradientOfValue: (value: Value) => Value | undefined,
): GradientContext {
  const input = (index: number): Value => {
    const value = node.inputs[index];
    check(value, () => `${node.opType} "${node.name}" has no input ${index}`);
    return value;
  };
  return {
    node,
    write,
    input,
    gradient: (index) => {
      const value = node.outputs[index];
      return value && gradientOfValue(value);
    },
    wants: (index) => {
      const value = node.inputs[index];
      return value !== undefined && active.has(value);
    },
    inputShape: (index) => fixedShape(input(index), types),
    outputShape: (index) => {
      const value = node.outputs[index];
      check(value, () => `${node.opType} "${node.name}" has no output ${index}`);
      return fixedShape(value, types);
    },
    integers: (index) => constants.integers.get(input(index)),
    numbers: (index) => constants.floats.get(input(index)),
  };
}

/** Floating-point values that depend on a parameter. */
function activeValues(graph: Graph, parameters: ReadonlySet<Value>): Set<Value> {
  const active = new Set(parameters);
  for (const node of graph.nodes) {
    if (![...valuesRead(node)].some((value) => active.has(value))) continue;
    for (const value of node.outputs) if (value) active.add(value);
  }
  return active;
}

/** Active nodes the loss depends on, the loss's own first. */
function nodesBehind(graph: Graph, loss: Value, active: ReadonlySet<Value>): Node[] {
  const needed = new Set<Value>([loss]);
  const order: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((value) => value && needed.has(value) && active.has(value))) continue;
    order.push(node);
    for (const value of valuesRead(node)) needed.add(value);
  }
  return order;
}

/** One way from a parameter through `node` to the loss, for the message. */
function wayThrough(
  node: Node,
  parameters: ReadonlySet<Value>,
  loss: Value,
  active: ReadonlySet<Value>,
): Node[] {
  const back: Node[] = [];
  for (let at: Node | undefined = node; at; ) {
    const value: Value | undefined = at.inputs.find((v) => v && active.has(v) && !parameters.has(v));
    at = at.inputs.some((v) => v && parameters.has(v)) ? undefined : value?.producer;
    if (at) back.unshift(at);
  }
  const onward: Node[] = [];
  const seen = new Set<Node>([node]);
  for (let at: Node = node; !at.outputs.includes(loss); ) {
    const next = at.outputs
      .flatMap((v) => v?.uses ?? [])
      .find((use) => !seen.has(use.node) && use.node.graph);
    if (!next) break;
    at = next.node;
    seen.add(at);
    onward.push(at);
  }
  return [...back, node, ...onward];
}
