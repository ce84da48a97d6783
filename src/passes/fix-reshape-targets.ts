import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Dimension, Shape } from '../onnx/ir/type.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/**
 * A Reshape to a computed shape gets a constant one where that says the same: [N, 3, 224] is [-1, 3, 224], and a length
 * that input 0 has on the same axis is 0. The shape arithmetic behind it falls.
 */
export const fixReshapeTargets: Pass = nodePass({
  name: 'fix-reshape-targets',
  summary: 'writes computed shapes with one unknown length as constants with −1',
  opTypes: ['Reshape'],
  rewrite(node, scene) {
    const [data, shape] = node.inputs;
    if (!data || !shape || shape.initializer) return false;
    const wanted = scene.elements.get(shape);
    const target = wanted && constantTarget(node, wanted, scene.types.get(data)?.shape);
    if (!target) return false;
    const source = tensorSourceOfTensor({
      dtype: 'int64',
      shape: [target.length],
      data: BigInt64Array.from(target, BigInt),
    });
    node.setInput(1, scene.graph.addInitializer(shape.name, source));
    return true;
  },
});

function constantTarget(node: Node, wanted: Shape, from: Shape | undefined): number[] | undefined {
  const copies = node.int('allowzero') !== 1;
  const open = wanted.filter((n) => typeof n !== 'number');
  // Without −1 or 0 beside it, −1 is what is left of all elements: the same length.
  if (open.length <= 1 && wanted.every((n) => typeof n !== 'number' || n > 0))
    return wanted.map((n) => (typeof n === 'number' ? n : -1));
  const isCopied = (n: Dimension, axis: number) => typeof n === 'string' && n === from?.[axis];
  if (!copies || !wanted.every((n, axis) => typeof n === 'number' || isCopied(n, axis))) return undefined;
  return wanted.map((n) => (typeof n === 'number' ? n : 0));
}
