import { PareError } from '../base/pare-error.ts';
import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { becomeConstant } from './become-constant.ts';
import { constantOfNode } from './constant-of-node.ts';
import { factsOf, type ModelFacts } from './facts-of.ts';
import { constantNodes, foldableNodes } from './foldable-nodes.ts';
import { modelOfConstants, nameOfResult } from './model-of-constants.ts';
import type { Pass, PassContext } from './pass.ts';

/**
 * Computes what depends on constants alone, on the engine, and makes initializers of Constant nodes. What would make the
 * file larger stays: weights kept small by a Cast, expanded constants.
 */
export const foldConstants: Pass = {
  name: 'fold-constants',
  summary: 'computes what depends on constants only',
  async run(model, context) {
    let facts = context.facts ?? (await factsOf(model));
    let changes = liftConstants(facts);
    // A folded shape makes further lengths known, so further nodes foldable.
    for (;;) {
      const nodes = constantNodes(facts.graphs);
      const found = nodes.size > 0 ? await foldNodes(model, nodes, { ...context, facts }) : 0;
      if (found === 0) return changes;
      changes += found;
      facts = await factsOf(model);
    }
  },
};

function liftConstants({ graphs, pinned }: ModelFacts): number {
  let changes = 0;
  for (const graph of graphs) {
    for (const node of graph.nodes) {
      if (node.opType !== 'Constant' || node.domain !== '') continue;
      const value = node.outputs[0];
      const source = value && !pinned.has(value) ? constantOfNode(node) : undefined;
      if (!value || !source) continue;
      graph.remove(node);
      becomeConstant(graph, value, source);
      changes++;
    }
  }
  return changes;
}

/** Undefined where the engine refuses the operators. */
async function compute(bytes: Uint8Array, runner: Runner): Promise<Record<string, Tensor> | undefined> {
  try {
    const session = await runner.load(bytes, { level: 'disabled' });
    return await session.run({}).finally(() => session.close());
  } catch (error) {
    if (error instanceof PareError && ['engine-refused-model', 'run-failed'].includes(error.code))
      return undefined;
    throw error;
  }
}

async function foldNodes(
  model: Model,
  candidates: ReadonlySet<Node>,
  { runner, facts }: Required<PassContext>,
): Promise<number> {
  const folded = foldableNodes(candidates, facts);
  const nodes = [...folded];
  // Outputs of a graph keep their producers; what only they need is not folded.
  const isResult = (value: Value | undefined): value is Value =>
    value !== undefined && !facts.pinned.has(value) && value.uses.some((use) => !folded.has(use.node));
  const results = nodes.flatMap(({ outputs }) => outputs.filter(isResult));
  if (results.length === 0) return 0;
  const bytes = await modelToBytes(modelOfConstants(model, nodes, results));
  const tensors = await compute(bytes, runner);
  // What the engine cannot load stays as it is; the whole model may be meant for another one.
  if (!tensors) return 0;
  for (const [i, value] of results.entries()) {
    const { producer } = value;
    producer?.setOutputs(producer.outputs.map((output) => (output === value ? undefined : output)));
    becomeConstant(producer?.graph ?? model.graph, value, tensorSourceOfTensor(tensors[nameOfResult(i)]));
  }
  let changes = 0;
  for (const node of [...nodes].reverse()) {
    if (node.outputs.some((value) => value && (value.isUsed || facts.pinned.has(value)))) continue;
    node.graph?.remove(node);
    changes++;
  }
  return changes;
}
