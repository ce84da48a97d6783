import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { DataType } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Dimension, ValueType } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { countMacs } from '../ops/count-macs.ts';
import { countParameters } from '../ops/count-parameters.ts';
import { opOf } from '../ops/index.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import { isQuantizedOperator } from '../quantize/dequantize/is-quantized-operator.ts';
import type { Target } from '../targets/target.ts';
import { elementCount } from '../tensor/element-count.ts';
import { type Finding, type InspectedLayer, inspectLayers } from './inspect-layers.ts';
import { MAX_CLEANED_NODES, prospectsOf } from './inspect-plan.ts';
import type { ValueRange } from './inspect-ranges.ts';

/** What `pare inspect --json` prints of a model; docs/inspect.md describes it field by field. */
export interface ModelInspection {
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly inputs: readonly NamedType[];
  readonly outputs: readonly NamedType[];
  /** Nodes, those of bodies too. */
  readonly nodes: number;
  readonly parameters: number;
  /** All constants by element type, most bytes first. */
  readonly weights: readonly { type: DataType; tensors: number; elements: number; bytes: number }[];
  readonly macs: number;
  /** Nodes by operator, those of bodies too, most frequent first. */
  readonly operators: readonly OperatorCount[];
  /** Functions the file defines. */
  readonly functions: readonly { name: string; domain: string; nodes: number }[];
  readonly layers: readonly InspectedLayer[];
  readonly target: string;
  /** Whether the prospects of layers are those of the cleaned model, as `pare quantize` sees it. */
  readonly isCleaned: boolean;
  /** What is wrong, or worth knowing. */
  readonly findings: readonly Finding[];
}

/** An input or output, its type in ONNX's textual syntax. */
export interface NamedType {
  readonly name: string;
  /** As in ONNX's textual syntax: `float[N,3,224,224]`. */
  readonly type: string;
}

/** How often an operator occurs, bodies included. */
export interface OperatorCount {
  readonly opType: string;
  /** '' is the standard domain. */
  readonly domain: string;
  readonly count: number;
  /** Whether pare knows the operator; functions of the file count as known. */
  readonly isKnown: boolean;
}

export interface InspectOptions extends Cancellable {
  readonly target: Target;
  readonly runner: Runner;
  /** Read the weights, for their ranges and what is not finite. */
  readonly ranges: boolean;
  /** Samples to find the ranges of layers' outputs on. */
  readonly data?: Dataset | undefined;
  readonly samples: number;
  readonly seed: number;
  readonly threads: number;
}

/** Describes a model and what can be done with it; changes nothing but the order of nodes that were out of order. */
export async function inspectModel(model: Model, options: InspectOptions): Promise<ModelInspection> {
  const { target, runner } = options;
  const types = await inferTypes(model);
  const { total, byNode } = await countMacs(model, types);
  const nodes = [...subgraphDepthFirst(model.graph)].flatMap((graph) => [...graph.nodes]);
  const operators = countOperators(nodes, model);
  const findings = unknownOperators(operators);
  const prospects = nodes.some(isQuantizedOperator)
    ? undefined
    : await prospectsOf(model, types, { target, runner });
  const outputRanges = await rangesOnData(model, types, options);
  const facts = await inspectLayers(model, {
    types,
    macs: byNode,
    prospects,
    hasRanges: options.ranges,
    outputRanges,
  });
  const isCleaned = prospects?.isCleaned ?? false;
  return {
    irVersion: model.irVersion,
    opsets: Object.fromEntries([...model.opsetImports].map(([domain, v]) => [domain || 'ai.onnx', v])),
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
    inputs: model.graph.inputs.filter((v) => !v.initializer).map(namedType),
    outputs: model.graph.outputs.map(namedType),
    nodes: nodes.length,
    parameters: countParameters(model.graph),
    weights: weightsByType(model.graph),
    macs: total,
    operators,
    functions: model.functions.map(({ name, domain, graph }) => ({ name, domain, nodes: graph.nodes.size })),
    layers: facts.layers,
    target: target.name,
    isCleaned,
    findings: [...findings, ...(prospects && !isCleaned ? [notCleaned()] : []), ...facts.findings],
  };
}

/** The machinery of observing loads only where there is something to observe. */
async function rangesOnData(
  model: Model,
  types: TypeMap,
  { data, ...options }: InspectOptions,
): Promise<ReadonlyMap<Value, ValueRange>> {
  if (!data) return new Map();
  const { observedRanges } = await import('./observed-ranges.ts');
  return observedRanges(model, types, { ...options, data });
}

function notCleaned(): Finding {
  return {
    code: 'planned-uncleaned',
    where: '',
    message: `The model has more than ${MAX_CLEANED_NODES.toLocaleString('en')} nodes: what layers could be is told of it as it is; cleaned, it may be more.`,
  };
}

function countOperators(nodes: readonly Node[], { functions }: Model): OperatorCount[] {
  const own = new Set(functions.map(({ domain, name }) => `${domain}:${name}`));
  const counts = new Map<string, { node: Node; count: number }>();
  for (const node of nodes) {
    const key = `${node.domain}:${node.opType}`;
    const entry = counts.get(key) ?? { node, count: 0 };
    entry.count++;
    counts.set(key, entry);
  }
  return [...counts]
    .map(([key, { node, count }]) => {
      const { opType, domain } = node;
      return {
        opType,
        domain,
        count,
        isKnown: own.has(key) || opType === 'Constant' || opOf(node) !== undefined,
      };
    })
    .sort((a, b) => b.count - a.count);
}

function unknownOperators(operators: readonly OperatorCount[]): Finding[] {
  return operators
    .filter(({ isKnown }) => !isKnown)
    .map(({ opType, domain, count }) => ({
      code: 'unknown-operator',
      where: opType,
      message: `pare does not know ${domain === '' ? '' : `${domain}.`}${opType} (${count} ${count === 1 ? 'node' : 'nodes'}): it is carried along as it is, and shapes behind it are what the file states.`,
    }));
}

function weightsByType(graph: Graph): ModelInspection['weights'] {
  const found = new Set<TensorSource>();
  for (const { initializers, nodes } of subgraphDepthFirst(graph)) {
    for (const { initializer } of initializers) if (initializer) found.add(initializer);
    for (const { opType, attributes } of nodes) {
      const constant = opType === 'Constant' ? attributes.get('value') : undefined;
      if (constant?.type === 'TENSOR') found.add(constant.value);
    }
  }
  const byType = new Map<DataType, { type: DataType; tensors: number; elements: number; bytes: number }>();
  for (const { dtype, shape, byteLength } of found) {
    const sum = byType.get(dtype) ?? { type: dtype, tensors: 0, elements: 0, bytes: 0 };
    byType.set(dtype, sum);
    sum.tensors++;
    sum.elements += elementCount(shape);
    sum.bytes += byteLength;
  }
  return [...byType.values()].sort((a, b) => b.bytes - a.bytes);
}

function namedType({ name, type }: Value): NamedType {
  return { name, type: typeText(type) };
}

function typeText(type: ValueType | undefined): string {
  if (!type) return 'unknown';
  if (type.kind === 'other') return 'not a tensor';
  return `${type.dtype}${type.shape ? `[${type.shape.map(dimensionText).join(',')}]` : ''}`;
}

function dimensionText(dim: Dimension): string {
  return dim === null ? '?' : `${dim}`;
}
