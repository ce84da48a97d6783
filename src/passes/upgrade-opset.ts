import type { Model } from '../onnx/ir/model.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { cannotUpgradeOperator } from '../ops/errors.ts';
import { opOf } from '../ops/index.ts';
import { inferTypes } from '../ops/infer-types.ts';
import { readSmallConstants } from '../ops/small-constants.ts';
import { breakingVersion, changingVersion } from './changing-version.ts';
import { nodeName } from './node-name.ts';

/** Lowest IR version that may import an operator set. Source: ONNX Versioning.md. */
const irVersionOfOpset: Readonly<Record<number, number>> = {
  9: 4,
  10: 5,
  11: 6,
  12: 7,
  13: 7,
  14: 7,
  15: 8,
  19: 9,
  21: 10,
  23: 11,
  24: 12,
  25: 13,
};

/**
 * Rewrites the model for a newer standard operator set, one version at a time, by the upgrade rules in the operators'
 * records. Does nothing where the model is there already. Returns the number of versions climbed.
 * Throws `cannot-upgrade-operator`, before anything is changed, where an operator's meaning would change.
 */
export async function upgradeOpset(model: Model, target: number): Promise<number> {
  const from = model.opset;
  if (from === 0 || from >= target) return 0;
  checkUpgradable(model, target);
  for (let version = from + 1; version <= target; version++) await climbTo(version, model);
  return target - from;
}

async function climbTo(version: number, model: Model): Promise<void> {
  const types = await inferTypes(model);
  const { floats } = await readSmallConstants(model.graph);
  for (const graph of subgraphDepthFirst(model.graph)) {
    for (const node of [...graph.nodes]) {
      const type = (index: number): TensorType | undefined => {
        const value = node.inputs[index];
        const stated = value?.type?.kind === 'tensor' ? value.type : undefined;
        return (value && types.get(value)) ?? stated;
      };
      const rank = (index: number) => type(index)?.shape?.length;
      const dtype = (index: number) => type(index)?.dtype;
      const numbers = (index: number) => {
        const value = node.inputs[index];
        return value && floats.get(value);
      };
      opOf(node)?.upgrades?.[version]?.({ node, graph, rank, dtype, numbers });
    }
    graph.sort();
  }
  model.opsetImports.set('', version);
  model.irVersion = Math.max(model.irVersion, irVersionOfOpset[version] ?? 3);
}

/** Function bodies are not rewritten: there, changes that a rule would bridge count as well. */
function checkUpgradable(model: Model, target: number): void {
  for (const graph of subgraphDepthFirst(model.graph)) {
    for (const node of graph.nodes) {
      const version = breakingVersion(node, model.opset, target);
      if (version) throw cannotUpgradeOperator(nodeName(node), node.opType, model.opset, target, version);
    }
  }
  for (const { graph: body, opsetImports } of model.functions) {
    const from = opsetImports.get('') ?? model.opset;
    for (const graph of subgraphDepthFirst(body)) {
      for (const node of graph.nodes) {
        const version = changingVersion(node, from, target);
        if (version) throw cannotUpgradeOperator(nodeName(node), node.opType, from, target, version);
      }
    }
  }
}
