import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { opOf } from '../ops/index.ts';
import type { ValueFacts } from '../ops/infer-types.ts';
import { becomeConstant } from './become-constant.ts';
import { factsOf } from './facts-of.ts';
import type { Pass } from './pass.ts';

/**
 * Shapes, and what is reckoned from them, become constants where all elements are known before running. Single known
 * elements of a shape that is otherwise open do, too: Shape → Gather of a known axis, say.
 */
export const foldShapes: Pass = {
  name: 'fold-shapes',
  summary: 'computes shapes, and what is reckoned from them, where they are known before running',
  async run(model, context) {
    if (!hasShapeArithmetic(model)) return 0;
    const facts = context.facts ?? (await factsOf(model));
    const { graphs, pinned } = facts;
    let changes = 0;
    for (const graph of [...graphs].reverse()) {
      // Readers first: what only folded nodes read is not computed, but goes as well.
      for (const node of [...graph.nodes].reverse()) {
        const source = foldedElements(node, facts);
        const [value] = node.outputs;
        if (!source || !value || pinned.has(value)) continue;
        graph.remove(node);
        if (value.isUsed) becomeConstant(graph, value, source);
        changes++;
      }
    }
    return changes;
  },
};

function hasShapeArithmetic(model: Model): boolean {
  const isAsked = ({ opType, domain }: Node) => domain === '' && (opType === 'Shape' || opType === 'Size');
  return [...subgraphDepthFirst(model.graph)].some(({ nodes }) => [...nodes].some(isAsked));
}

/** Constant nodes, whose elements are known as well, are for fold-constants to lift. */
function foldedElements(node: Node, { types, elements }: ValueFacts): TensorSource | undefined {
  const [value, ...others] = node.outputs;
  if (!value || others.length > 0 || node.opType === 'Constant' || !opOf(node)?.elements) return undefined;
  const known = elements.get(value);
  const type = types.get(value);
  if (!known || !type?.shape || !known.every(isExact)) return undefined;
  const shape = type.shape.length === 0 ? [] : [known.length];
  if (type.dtype === 'int64')
    return tensorSourceOfTensor({ dtype: 'int64', shape, data: BigInt64Array.from(known, BigInt) });
  if (type.dtype === 'int32')
    return tensorSourceOfTensor({ dtype: 'int32', shape, data: Int32Array.from(known) });
  return undefined;
}

/** Larger numbers were clamped on the way. */
function isExact(n: Dimension): n is number {
  return typeof n === 'number' && Math.abs(n) < Number.MAX_SAFE_INTEGER;
}
