import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { makeNamesUnique } from './make-names-unique.ts';
import { nodePass, type Scene } from './node-pass.ts';
import type { Pass } from './pass.ts';

/**
 * An If whose condition is constant becomes the branch taken; a Loop that runs no turn hands on what it started with,
 * one that runs a single turn becomes its body.
 */
const inlining: Pass = nodePass({
  name: 'inline-bodies',
  summary: 'puts the branch taken in the place of an If, the body in the place of a Loop of one turn',
  opTypes: ['If', 'Loop'],
  async rewrite(node, scene) {
    return node.opType === 'If' ? inlineBranch(node, scene) : inlineLoop(node, scene);
  },
});

export const inlineBodies: Pass = {
  ...inlining,
  async run(model, context) {
    let changes = 0;
    // A body taken in may hold another one that is decided.
    for (let found = -1; found !== 0; changes += found) found = await inlining.run(model, context);
    // Sibling bodies may use one name for different values.
    if (changes > 0) makeNamesUnique(model.graph);
    return changes;
  },
};

async function inlineBranch(node: Node, { graph }: Scene): Promise<boolean> {
  const condition = await scalarOf(node.inputs[0]);
  if (condition === undefined) return false;
  const branch = node.attributes.get(condition === 0 ? 'else_branch' : 'then_branch');
  if (branch?.type !== 'GRAPH' || hasSparseConstants(branch.value)) return false;
  graph.takeOver(branch.value);
  replaceOutputs(graph, node, branch.value.outputs);
  return true;
}

/** Loop(trip count, condition, carried…); body(turn, condition, carried…) gives condition, carried…, collected…. */
async function inlineLoop(node: Node, scene: Scene): Promise<boolean> {
  const [trips, condition, ...carried] = node.inputs;
  const turns = await turnsOf(trips, condition);
  const body = node.attributes.get('body');
  if (body?.type !== 'GRAPH' || turns === undefined || hasSparseConstants(body.value)) return false;
  if (turns === 1) return inlineTurn(node, body.value, scene);
  // What would be collected is an empty tensor, whose shape the node alone tells.
  if (node.outputs.slice(carried.length).some((value) => value) || carried.includes(undefined)) return false;
  replaceOutputs(scene.graph, node, carried);
  return true;
}

function inlineTurn(node: Node, body: Graph, { graph, model }: Scene): boolean {
  const [, condition, ...carried] = node.inputs;
  const collected = node.outputs.slice(carried.length);
  // Since operator set 13 the axes of Unsqueeze are an input.
  if (model.opset < 13 && collected.some((value) => value)) return false;
  const name = node.name || 'loop';
  const turn = tensorSourceOfTensor({ dtype: 'int64', shape: [], data: BigInt64Array.of(0n) });
  const yes = tensorSourceOfTensor({ dtype: 'bool', shape: [], data: Uint8Array.of(1) });
  const given = [
    graph.addInitializer(`${name}_turn`, turn),
    condition ?? graph.addInitializer(`${name}_condition`, yes),
    ...carried,
  ];
  const results = [...body.outputs];
  for (const [i, value] of body.inputs.entries()) {
    const other = given[i];
    if (!other) continue;
    value.replaceUses(other);
    for (const [k, result] of results.entries()) if (result === value) results[k] = other;
  }
  graph.takeOver(body);
  const [, ...made] = results;
  replaceOutputs(graph, node, [
    ...made.slice(0, carried.length),
    ...made.slice(carried.length).map((value, i) => collected[i] && inFront(graph, value)),
  ]);
  return true;
}

/** One turn collects a tensor with an axis of length 1 in front. */
function inFront(graph: Graph, value: Value): Value {
  const axes = tensorSourceOfTensor({ dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) });
  const inputs = [value, graph.addInitializer('axes', axes)];
  return graph.addNode({ opType: 'Unsqueeze', inputs, outputName: `${value.name}_collected` });
}

/** 0 or 1 where the loop runs so many turns, whatever its body says; undefined where that is not known. */
async function turnsOf(trips: Value | undefined, condition: Value | undefined): Promise<0 | 1 | undefined> {
  const [count, goesOn] = [trips && (await scalarOf(trips)), condition ? await scalarOf(condition) : 1];
  if (goesOn === 0 || (count !== undefined && count <= 0)) return 0;
  return goesOn === undefined || count !== 1 ? undefined : 1;
}

/** Sparse initializers are carried by the graph they stand in, unseen: values that nothing makes. */
function hasSparseConstants(body: Graph): boolean {
  const given = new Set<Value>();
  for (let graph: Graph | undefined = body; graph; graph = graph.owner?.graph)
    for (const value of graph.inputs) given.add(value);
  const inner = [...subgraphDepthFirst(body)];
  for (const graph of inner) for (const value of graph.inputs) given.add(value);
  const isMade = (value: Value | undefined) =>
    !value || value.producer || value.initializer || given.has(value);
  return !inner.every(
    (graph) => graph.outputs.every(isMade) && [...graph.nodes].every((node) => node.inputs.every(isMade)),
  );
}

/** The interface's names stay: an Identity makes each of the node's outputs, where that cannot go as well. */
function replaceOutputs(graph: Graph, node: Node, values: readonly (Value | undefined)[]): void {
  const outputs = [...node.outputs];
  graph.remove(node);
  for (const [i, output] of outputs.entries()) {
    const input = values[i];
    if (output && input) graph.add(new Node({ opType: 'Identity', inputs: [input], outputs: [output] }));
  }
}

/** A constant of one number or truth value. */
async function scalarOf(value: Value | undefined): Promise<number | undefined> {
  const source = value && constantOf(value);
  if (!source || source.byteLength > 8 || !['bool', 'int64', 'int32'].includes(source.dtype))
    return undefined;
  const { data } = await readTensorSource(source);
  return data.length === 1 ? Number(data[0]) : undefined;
}
