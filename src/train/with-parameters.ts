import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { FlatLayout } from './flat-layout.ts';

/** A copy of the model whose constants of the layout's names have the values of the flat vector. */
export function withParameters(
  model: Model,
  parts: readonly { layout: FlatLayout; values: Float32Array }[],
): Model {
  const copy = cloneModel(model);
  const constants = new Map([...copy.graph.initializers].map((value) => [value.name, value]));
  for (const { layout, values } of parts)
    for (const { name, shape, offset, length } of layout.entries) {
      const data = values.slice(offset, offset + length);
      constants.get(name)!.initializer = tensorSourceOfTensor({ dtype: 'float', shape, data });
    }
  return copy;
}
