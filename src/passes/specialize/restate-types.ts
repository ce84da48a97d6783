import type { Model } from '../../onnx/ir/model.ts';
import type { TensorType } from '../../onnx/ir/type.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { inferFacts } from '../../ops/infer-types.ts';

/** Brings what the model states of outputs and inner values up to date with what inference tells of its inputs. */
export async function restateTypes(model: Model): Promise<void> {
  const { types } = await inferFacts(model, { ignoreStated: true });
  for (const value of model.graph.outputs) restate(value, types.get(value));
  for (const { nodes } of subgraphDepthFirst(model.graph))
    for (const node of nodes)
      for (const value of node.outputs) if (value?.type) restate(value, types.get(value));
}

/** Known lengths count; for the rest the statement stands, as long as the ranks agree. */
function restate(value: Value, told: TensorType | undefined): void {
  if (!told || value.type?.kind === 'other') return;
  const stated = value.type?.shape;
  const { dtype } = told;
  const old = stated && (!told.shape || stated.length === told.shape.length) ? stated : undefined;
  const shape = told.shape?.map((n, axis) => (typeof n === 'number' ? n : (old?.[axis] ?? n))) ?? old;
  value.type = { kind: 'tensor', dtype, shape };
}
