import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { matchNodes } from '../passes/match-nodes.ts';
import { nodeName } from '../passes/node-name.ts';
import { chosenMethods } from './chosen-methods.ts';
import { codingOf } from './coding-of.ts';
import { FASTER_IN_FLOAT } from './float-reasons.ts';
import type { Plan } from './plan.ts';
import { defaultGranularity } from './weights/default-granularity.ts';
import type { StorageFormat } from './weights/storage-options.ts';
import { type StoredNode, storeWeights } from './weights/store-weights.ts';

interface FloatWeightOptions {
  readonly floatWeights?: StorageFormat | undefined;
  readonly granularity: 'channel' | 'tensor';
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Nodes that overrides leave in float, and why. */
  readonly overridden: ReadonlyMap<Node, string>;
}

/**
 * Stores the weights of nodes that a plan leaves to the engine's float kernels in fewer bits: what is float for the sake of
 * speed need not cost bytes. What the user excluded, or left in float for accuracy, stays exact. Returns what was stored.
 * @param floatLayers nodes left in float by choice, and why
 */
export async function storeFloatWeights(
  model: Model,
  plan: Plan,
  floatLayers: ReadonlyMap<string, string>,
  { floatWeights, granularity, include, exclude, overridden }: FloatWeightOptions,
): Promise<StoredNode[]> {
  if (!floatWeights) return [];
  const excluded = matchNodes(model.graph, exclude);
  const included = include.length > 0 ? matchNodes(model.graph, include) : undefined;
  const reasonAgainst = (node: Node): string | undefined => {
    if (plan.nodes.get(node)?.state === 'quantized') return 'quantized';
    if (excluded.has(node) || (included && !included.has(node))) return 'excluded';
    const reason = overridden.get(node) ?? floatLayers.get(nodeName(node));
    return reason === FASTER_IN_FLOAT ? undefined : reason;
  };
  const methods = chosenMethods(floatWeights, undefined);
  const own = defaultGranularity(floatWeights);
  const { nodes } = await storeWeights(model, {
    format: floatWeights,
    granularity: own === 'channel' ? granularity : own,
    coding: methods && codingOf(methods),
    reasonAgainst,
  });
  return nodes.filter(({ isStored }) => isStored);
}
