import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Shape } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { bypass } from './bypass.ts';
import { integersOf } from './integers-of.ts';
import { nodePass, type Scene } from './node-pass.ts';
import type { Pass } from './pass.ts';
import { sameShape } from './same-shape.ts';

/** Operators that keep the order of elements and change the shape alone. */
const reshapers = ['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'];

/**
 * Of two reshapings in a row only the last counts: it reads what the first read, and goes as well where that has its
 * shape already (Unsqueeze → Squeeze).
 */
export const mergeReshapes: Pass = nodePass({
  name: 'merge-reshapes',
  summary: 'makes one reshaping of two in a row',
  opTypes: reshapers,
  async rewrite(second, scene) {
    const first = second.inputs[0]?.producer;
    const data = first?.inputs[0];
    if (!data || first.domain !== '' || !reshapers.includes(first.opType)) return false;
    const from = scene.types.get(data)?.shape;
    const to = scene.types.get(second.output)?.shape;
    if (sameShape(from, to)) return goesBack(second, data, scene);
    if (await isAbsolute(second)) second.setInput(0, data);
    else if (first.output.hasOneUse && !scene.pinned.has(first.output))
      return becomeReshape(second, data, to, scene);
    else return false;
    return true;
  },
});

function goesBack(second: Node, data: Value, { graph, pinned }: Scene): boolean {
  const { inputs } = second;
  second.setInput(0, data);
  if (bypass(graph, second, pinned)) return true;
  // Between two names of the interface: it stays, and reads what it read.
  second.setInputs(inputs);
  return false;
}

/** A Reshape that copies no length of its input asks for the same shape wherever the elements come from. */
async function isAbsolute(node: Node): Promise<boolean> {
  if (node.opType !== 'Reshape' || !node.inputs[1]) return false;
  const target = await integersOf(node.inputs[1]);
  return target !== undefined && (node.int('allowzero') === 1 || !target.includes(0));
}

/** Where at most one length is open, as a Reshape with −1. Since operator set 5 the shape is an input. */
function becomeReshape(node: Node, data: Value, to: Shape | undefined, scene: Scene): boolean {
  const open = to?.filter((n) => typeof n !== 'number');
  if (!to || !open || open.length > 1 || to.includes(0) || scene.model.opset < 5) return false;
  const target = BigInt64Array.from(to, (n) => (typeof n === 'number' ? BigInt(n) : -1n));
  const source = tensorSourceOfTensor({ dtype: 'int64', shape: [target.length], data: target });
  node.opType = 'Reshape';
  node.attributes.clear();
  node.setInputs([data, scene.graph.addInitializer(`${node.output.name}_shape`, source)]);
  return true;
}
