import type { Runner } from '../base/runner.ts';
import type { DataType } from '../base/tensor.ts';
import { fileFacts } from '../evaluate/file-facts.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Dimension, ValueType } from '../onnx/ir/type.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { countMacs } from '../ops/count-macs.ts';
import { countParameters } from '../ops/count-parameters.ts';
import { clean } from '../passes/clean.ts';
import { nodeName } from '../passes/node-name.ts';
import { upgradeOpset } from '../passes/upgrade-opset.ts';
import { planOf } from '../quantize/plan-of.ts';
import type { Target } from '../targets/target.ts';
import { elementCount } from '../tensor/element-count.ts';

export interface Inspection {
  readonly file: { readonly path: string; readonly bytes: number; readonly sha256: string };
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly inputs: readonly { name: string; type: string }[];
  readonly outputs: readonly { name: string; type: string }[];
  readonly parameters: number;
  readonly macs: number;
  /** Nodes by operator, those in branches and loop bodies too, most frequent first. */
  readonly operators: readonly { opType: string; count: number }[];
  /** After cleaning: what quantization for the target would make of each node with a say in it. */
  readonly layers: readonly {
    name: string;
    opType: string;
    parameters: number;
    macs: number;
    state: string;
    reason: string;
  }[];
  readonly target: string;
}

/** Describes a model and what can be done with it, without changing it. */
export async function inspectFile(path: string, target: Target, runner: Runner): Promise<Inspection> {
  const model = await readModelFile(path);
  try {
    const { total } = await countMacs(model);
    const facts = {
      file: await fileFacts(path),
      irVersion: model.irVersion,
      opsets: Object.fromEntries([...model.opsetImports].map(([domain, v]) => [domain || 'ai.onnx', v])),
      producer: `${model.producerName} ${model.producerVersion}`.trim(),
      inputs: model.graph.inputs
        .filter((v) => !v.initializer)
        .map(({ name, type }) => ({ name, type: typeText(type) })),
      outputs: model.graph.outputs.map(({ name, type }) => ({ name, type: typeText(type) })),
      parameters: countParameters(model.graph),
      macs: total,
      operators: countOperators(operatorsOf(model.graph)),
    };
    await upgradeOpset(model, target.opset);
    await clean(model, { runner });
    const macs = (await countMacs(model)).byNode;
    const plan = await planOf(model, target);
    const layers = [...plan.nodes].map(([node, state]) => ({
      name: nodeName(node),
      opType: node.opType,
      parameters: parametersOf(node),
      macs: macs.get(node) ?? 0,
      state: state.state,
      reason: state.state === 'float' ? state.reason : '',
    }));
    return { ...facts, layers, target: target.name };
  } finally {
    await model.close();
  }
}

function operatorsOf(graph: Graph): string[] {
  return [...subgraphDepthFirst(graph)].flatMap(({ nodes }) => [...nodes].map(({ opType }) => opType));
}

/** Elements of its floating-point constants: axes and lengths are no parameters. */
function parametersOf({ inputs }: Node): number {
  return inputs.reduce((sum, value) => {
    const constant = value?.initializer;
    return constant && isFloat(constant.dtype) ? sum + elementCount(constant.shape) : sum;
  }, 0);
}

function isFloat(dtype: DataType): boolean {
  return dtype === 'float' || dtype === 'double' || dtype === 'float16' || dtype === 'bfloat16';
}

function countOperators(types: readonly string[]): { opType: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([opType, count]) => ({ opType, count })).sort((a, b) => b.count - a.count);
}

/** A type as in ONNX's textual syntax: `float[N,3,224,224]`. */
function typeText(type: ValueType | undefined): string {
  if (!type) return 'unknown';
  if (type.kind === 'other') return 'not a tensor';
  return `${type.dtype}${type.shape ? `[${type.shape.map(dimensionText).join(',')}]` : ''}`;
}

function dimensionText(dim: Dimension): string {
  return dim === null ? '?' : `${dim}`;
}
