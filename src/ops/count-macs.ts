import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorType } from '../onnx/ir/type.ts';
import { opOf } from './index.ts';
import { inferTypes, type TypeMap } from './infer-types.ts';

/**
 * Multiply–accumulates of one sample: symbolic and unknown lengths count as 1.
 * @param known the model's types, where they are inferred already
 */
export async function countMacs(
  model: Model,
  known?: TypeMap,
): Promise<{ total: number; byNode: ReadonlyMap<Node, number> }> {
  const types = known ?? (await inferTypes(model));
  const byNode = new Map<Node, number>();
  let total = 0;
  for (const node of model.graph.nodes) {
    const shapeOf = (value: (typeof node.inputs)[number]) => value && lengths(types.get(value));
    const macs = opOf(node)?.macs?.({
      node,
      inputShape: (index) => shapeOf(node.inputs[index]),
      outputShape: (index) => shapeOf(node.outputs[index]),
    });
    if (!macs) continue;
    byNode.set(node, macs);
    total += macs;
  }
  return { total, byNode };
}

function lengths(type: TensorType | undefined): readonly number[] | undefined {
  return type?.shape?.map((n) => (typeof n === 'number' ? n : 1));
}
