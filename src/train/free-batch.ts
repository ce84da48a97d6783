import type { Model } from '../onnx/ir/model.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { inferTypes } from '../ops/infer-types.ts';

/**
 * Models exported for one sample spell its batch out in the targets of Reshape: [1, 256]. Where the data's first length is 1 as
 * well, it becomes 0, which copies that length: the same for one sample, and right for a batch of them. In place.
 */
export async function freeBatch(model: Model): Promise<void> {
  const { graph } = model;
  const types = await inferTypes(model);
  for (const node of graph.nodes) {
    const [data, target] = node.inputs;
    if (node.opType !== 'Reshape' || node.int('allowzero') === 1 || !data || !target?.initializer) continue;
    if (data.initializer || types.get(data)?.shape?.[0] !== 1) continue;
    const { shape, data: lengths } = await readTensorSource(target.initializer);
    if (lengths.length < 2 || BigInt(lengths[0]) !== 1n) continue;
    const freed = BigInt64Array.from(lengths as BigInt64Array);
    freed[0] = 0n;
    const source = tensorSourceOfTensor({ dtype: 'int64', shape, data: freed });
    node.setInput(1, graph.addInitializer(target.name, source));
  }
}
