import type { Graph } from '../onnx/ir/graph.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { hashOfSource } from './hash-of-source.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

interface Constant {
  readonly graph: Graph;
  readonly value: Value;
  readonly source: TensorSource;
}

/**
 * Constants of equal type, shape and bytes become one, that of the outermost graph. Only those that have a twin by type
 * and shape are read, one at a time.
 */
export const mergeConstants: Pass = {
  name: 'merge-constants',
  summary: 'keeps one of constants that are equal',
  async run(model, { facts }) {
    const pinned = facts?.pinned ?? pinnedValues(model.graph);
    let changes = 0;
    for (const twins of groups(model.graph)) {
      const kept = new Map<number, Constant[]>();
      for (const constant of twins) {
        const hash = await hashOfSource(constant.source);
        const same = kept.get(hash) ?? [];
        const other = pinned.has(constant.value) ? undefined : await equalOf(constant, same);
        if (other) {
          constant.value.replaceUses(other.value);
          constant.graph.removeInitializer(constant.value);
          changes++;
        } else kept.set(hash, [...same, constant]);
      }
    }
    return changes;
  },
};

/** Constants by type and shape, outer graphs first, where there are several. Annotated ones are not like others. */
function groups(root: Graph): Constant[][] {
  const byType = new Map<string, Constant[]>();
  for (const graph of subgraphDepthFirst(root)) {
    const inputs = new Set(graph.inputs);
    for (const value of graph.initializers) {
      const source = value.initializer;
      if (!source || source.strings || inputs.has(value) || value.metadata.size > 0) continue;
      const key = `${source.dtype}[${source.shape}]`;
      const group = byType.get(key);
      if (group) group.push({ graph, value, source });
      else byType.set(key, [{ graph, value, source }]);
    }
  }
  return [...byType.values()].filter(({ length }) => length > 1);
}

/** One of `others` that the constant's graph sees and that has the same bytes. */
async function equalOf(
  { graph, source }: Constant,
  others: readonly Constant[],
): Promise<Constant | undefined> {
  for (const other of others) {
    if (!isInside(graph, other.graph)) continue;
    if (other.source === source || equalBytes(await source.read(), await other.source.read())) return other;
  }
  return undefined;
}

function isInside(graph: Graph, outer: Graph): boolean {
  for (let g: Graph | undefined = graph; g; g = g.owner?.graph) if (g === outer) return true;
  return false;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
