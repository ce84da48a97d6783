import type { Model } from '../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import { inferTypes } from '../ops/infer-types.ts';

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
 */
export async function upgradeOpset(model: Model, target: number): Promise<number> {
  const from = model.opset;
  if (from === 0 || from >= target) return 0;
  for (let version = from + 1; version <= target; version++) {
    const types = await inferTypes(model);
    for (const graph of subgraphDepthFirst(model.graph)) {
      for (const node of [...graph.nodes]) {
        const rank = (index: number) => {
          const value = node.inputs[index];
          return value && types.get(value)?.shape?.length;
        };
        opOf(node)?.upgrades?.[version]?.({ node, graph, rank });
      }
      graph.sort();
    }
    model.opsetImports.set('', version);
    model.irVersion = Math.max(model.irVersion, irVersionOfOpset[version] ?? 3);
  }
  return target - from;
}
