import type { Model } from '../onnx/ir/model.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { OnnxCase } from './onnx-cases.ts';

/** Far more than an axis list or the scales of a Resize have. */
const MAX_ELEMENTS = 16;

/**
 * Makes constants of the inputs that may decide shapes: integers, and short lists of floats. In the cases everything is an
 * input; in real models sizes, axes, pads and scales are constants.
 */
export async function holdSmallInputs({ graph }: Model, onnxCase: OnnxCase): Promise<void> {
  for (const [i, { type }] of graph.inputs.entries()) {
    if (type?.kind !== 'tensor' || !/^(int32|int64|float)$/.test(type.dtype)) continue;
    const tensor = await onnxCase.input(i);
    const isShort = tensor && tensor.shape.length <= 1 && tensor.data.length <= MAX_ELEMENTS;
    if (tensor && (type.dtype !== 'float' || isShort))
      graph.inputs[i].initializer = tensorSourceOfTensor(tensor);
  }
}
