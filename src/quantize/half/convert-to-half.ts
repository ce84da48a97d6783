import type { DataType } from '../../base/tensor.ts';
import { constantOf } from '../../onnx/constant-of.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { Node } from '../../onnx/ir/node.ts';
import { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { halfInputs } from '../../ops/half-inputs.ts';
import { inferTypes, type TypeMap } from '../../ops/infer-types.ts';
import { pinnedValues } from '../../passes/pinned-values.ts';
import { removeDead } from '../../passes/remove-dead.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import { halfSource } from './half-source.ts';

export interface HalfConversion {
  /** Nodes that stay in float32, and why. */
  readonly float: ReadonlyMap<Node, string>;
  /** Constants that have a float16 copy now. */
  readonly narrowed: ReadonlySet<Value>;
}

/**
 * Lets a model compute in float16: values and constants of all nodes that may, but for those `reasonAgainst` names. Casts
 * stand where float16 and float32 meet, which they do at inputs and outputs of the model and of bodies of If, Loop and
 * Scan as well.
 */
export async function convertToHalf(
  model: Model,
  reasonAgainst: (node: Node) => string | undefined,
): Promise<HalfConversion> {
  const conversion = new Conversion(model, await inferTypes(model));
  const half: Node[] = [];
  const float = new Map<Node, string>();
  const graphs = [...subgraphDepthFirst(model.graph)];
  for (const graph of graphs) {
    graph.sort();
    for (const node of [...graph.nodes]) {
      if (!conversion.touchesFloats(node)) continue;
      const reason = reasonAgainst(node) ?? conversion.reasonAgainst(node);
      if (reason === undefined) half.push(node);
      else float.set(node, reason);
    }
  }
  for (const node of half) conversion.convert(node);
  conversion.castBack(pinnedValues(model.graph));
  for (const graph of graphs) graph.sort();
  removeDead(model.graph);
  return { float, narrowed: conversion.narrowed };
}

/** Every float32 value keeps its name and meaning; its float16 twin stands beside it where either is needed. */
class Conversion {
  readonly narrowed = new Set<Value>();
  readonly #types: TypeMap;
  readonly #owners = new Map<Value, Graph>();
  readonly #twins = new Map<Value, Value>();
  /** Values whose makers now make their twins. */
  readonly #orphans = new Map<Value, Graph>();

  constructor({ graph }: Model, types: TypeMap) {
    this.#types = types;
    for (const inner of subgraphDepthFirst(graph))
      for (const value of [...inner.inputs, ...inner.initializers]) this.#owners.set(value, inner);
  }

  touchesFloats(node: Node): boolean {
    return [...node.inputs, ...node.outputs].some((value) => this.#isFloat(value));
  }

  reasonAgainst(node: Node): string | undefined {
    if (!halfInputs(node)) return 'it has no float16 form';
    const values = [...node.inputs, ...node.outputs].filter((value) => value !== undefined);
    return values.every((value) => this.#types.has(value)) ? undefined : 'types around it are unknown';
  }

  convert(node: Node): void {
    const isHalf = halfInputs(node);
    node.inputs.forEach((value, index) => {
      if (value && this.#isFloat(value) && isHalf?.(index)) node.setInput(index, this.#twinOf(value));
    });
    const outputs = node.outputs.map((value) => (this.#isFloat(value) ? this.#ownTwin(value, node) : value));
    node.setOutputs(outputs);
  }

  /** Makes the float32 values that are still read, or handed out, from their twins. */
  castBack(pinned: ReadonlySet<Value>): void {
    for (const [value, graph] of this.#orphans) {
      if (!value.isUsed && !pinned.has(value)) continue;
      this.#cast(graph, this.#twins.get(value)!, value, 'float');
    }
  }

  #isFloat(value: Value | undefined): value is Value {
    return value !== undefined && this.#types.get(value)?.dtype === 'float';
  }

  /** The twin that a node makes in the value's stead. Makers are converted before readers, so there was none. */
  #ownTwin(value: Value, node: Node): Value {
    // Only nodes of a graph are converted.
    this.#orphans.set(value, node.graph!);
    return this.#newTwin(node.graph!, value);
  }

  #twinOf(value: Value): Value {
    const known = this.#twins.get(value);
    if (known) return known;
    const graph = this.#owners.get(value) ?? value.producer?.graph;
    if (!graph) throw new Error(`"${value.name}" is in no graph`);
    const constant = constantOf(value);
    if (constant) {
      this.narrowed.add(value);
      return this.#remember(value, graph.addInitializer(`${value.name}/half`, halfSource(constant)));
    }
    const narrow = narrowSource(value);
    if (narrow) return this.#remember(value, narrow);
    const twin = this.#newTwin(graph, value);
    this.#cast(graph, value, twin, 'float16');
    return twin;
  }

  #newTwin(graph: Graph, value: Value): Value {
    const shape = this.#types.get(value)?.shape;
    const name = graph.freshName(`${value.name}/half`);
    return this.#remember(value, new Value(name, { kind: 'tensor', dtype: 'float16', shape }));
  }

  #remember(value: Value, twin: Value): Value {
    this.#twins.set(value, twin);
    return twin;
  }

  #cast(graph: Graph, from: Value, to: Value, dtype: DataType): void {
    const node = new Node({ opType: 'Cast', inputs: [from], outputs: [to] });
    graph.add(node.setInt('to', dataTypes[dtype].code));
  }
}

/** The float16 constant that a value is only a wider copy of. */
function narrowSource({ producer }: Value): Value | undefined {
  const source = producer?.opType === 'Cast' && producer.domain === '' ? producer.inputs[0] : undefined;
  return source?.initializer?.dtype === 'float16' ? source : undefined;
}
