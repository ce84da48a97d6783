import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { inferTypes } from '../ops/infer-types.ts';
import { type Finiteness, finiteness } from './finiteness.ts';
import { nearestLayer } from './nearest-layer.ts';
import { type NotFiniteInput, notFiniteInput } from './not-finite-input.ts';
import type { StepGraph } from './step-graph.ts';
import { stepNames } from './step-names.ts';
import { type StepPhase, stepPhases } from './step-phases.ts';

/** A node that made NaN or infinity of finite numbers. */
export interface NotFiniteNode {
  readonly kind: 'node';
  /** Often '', as the nodes of gradients have no names. */
  readonly node: string;
  readonly opType: string;
  /** What it put out. */
  readonly value: string;
  readonly hasNaN: boolean;
  /** Greatest magnitude it read: large where a run explodes. */
  readonly largestInput: number;
  readonly phase: StepPhase;
  /** The layer it belongs to: itself or, of the loss and of gradients, the nearest node of the model. */
  readonly layer: { readonly name: string; readonly opType: string };
}

export type NotFiniteOrigin = NotFiniteInput | NotFiniteNode;

/**
 * Where a step went wrong: the input that was not finite, or else the first node that made NaN or infinity of finite
 * numbers on the way to the loss (or, where the loss is finite, to the new parameters). Runs the step again, with an eye on
 * every value.
 * @param feeds all of the step, its state before the step included
 * @returns undefined where all is finite this time
 */
export async function traceNotFinite(
  step: Pick<StepGraph, 'model' | 'parameters' | 'buffers'>,
  feeds: Readonly<Record<string, Tensor>>,
  runner: Runner,
): Promise<NotFiniteOrigin | undefined> {
  const input = notFiniteInput(step, feeds);
  if (input) return input;
  const found = await finiteness(step.model, feeds, runner);
  const node = await firstNode(step.model.graph, found);
  return node && (await described(node, found, step, feeds));
}

type FoundValues = ReadonlyMap<Value, Finiteness>;

/** The culprit that comes first, of those behind the loss if that is bad, else behind any output. */
async function firstNode(graph: Graph, values: FoundValues): Promise<Node | undefined> {
  const bad = graph.outputs.filter((value) => badnessOf(values.get(value)) > 0);
  const loss = bad.find(({ name }) => name === stepNames.loss);
  const culprits = await culpritsBehind(loss ? [loss] : bad, values);
  return [...graph.nodes].find((node) => culprits.has(node));
}

/** NaN is worse than infinity: where a node reads both, infinity may be meant (masks of attention). */
function badnessOf(value: Finiteness | undefined): number {
  if (!value) return 0;
  return value.hasNaN ? 2 : value.largest === Number.POSITIVE_INFINITY ? 1 : 0;
}

/** Goes back along the worst inputs until there are none that are bad. */
async function culpritsBehind(starts: readonly Value[], values: FoundValues): Promise<Set<Node>> {
  const culprits = new Set<Node>();
  const seen = new Set<Value>();
  // `turn` is where infinity turned to NaN last: the culprit after all where the infinity was a constant.
  const open: { value: Value; turn?: Node }[] = starts.map((value) => ({ value }));
  for (let next = open.pop(); next; next = open.pop()) {
    const node = next.value.producer;
    if (!node || seen.has(next.value)) continue;
    seen.add(next.value);
    const badness = node.inputs.map((value) => badnessOf(value && values.get(value)));
    const worst = Math.max(0, ...badness);
    const turn = worst === 1 && badnessOf(values.get(next.value)) === 2 ? node : next.turn;
    if (worst === 0) culprits.add((await readsBadConstant(node)) ? (turn ?? node) : node);
    for (const [i, value] of node.inputs.entries())
      if (value && worst > 0 && badness[i] === worst) open.push({ value, ...(turn && { turn }) });
  }
  return culprits;
}

async function readsBadConstant(node: Node): Promise<boolean> {
  for (const value of node.inputs) {
    const source = value && constantOf(value);
    if (source?.dtype !== 'float') continue;
    const { data } = await readTensorSource(source);
    // Of float32 constants.
    if (!(data as Float32Array).every(Number.isFinite)) return true;
  }
  return false;
}

async function described(
  node: Node,
  values: FoundValues,
  { model, parameters, buffers }: Pick<StepGraph, 'model' | 'parameters' | 'buffers'>,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<NotFiniteNode> {
  const { graph } = model;
  const types = await inferTypes(model, { ignoreStated: true });
  const lengths = [parameters.length, buffers.length];
  const phases = stepPhases(graph, (value) => {
    const shape = types.get(value)?.shape;
    return shape?.length === 1 && lengths.includes(Number(shape[0]));
  });
  const layer = nearestLayer(node, (other) => phases.get(other) === 'forward');
  const value = node.outputs.find((output) => output && badnessOf(values.get(output)) > 0) ?? node.output;
  return {
    kind: 'node',
    node: node.name,
    opType: node.opType,
    value: value.name,
    hasNaN: values.get(value)?.hasNaN ?? false,
    largestInput: Math.max(0, ...node.inputs.map((input) => largestOf(input, values, graph, feeds))),
    phase: phases.get(node) ?? 'forward',
    layer: { name: layer.name || layer.output.name, opType: layer.opType },
  };
}

/** Of constants 0: they are not what grew. */
function largestOf(
  value: Value | undefined,
  values: FoundValues,
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): number {
  if (!value) return 0;
  const fed = graph.inputs.includes(value) ? feeds[value.name]?.data : undefined;
  if (!(fed instanceof Float32Array)) return values.get(value)?.largest ?? 0;
  return fed.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
}
