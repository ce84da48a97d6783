import type { Model } from '../../onnx/ir/model.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { badFixedValue, unknownInput } from '../errors.ts';
import { bindShapes } from './bind-shapes.ts';
import { type FixedValue, tensorOfFixedValue } from './tensor-of-fixed-value.ts';

/** Makes constants of inputs. An open length that the value tells is set everywhere it is named. */
export function fixInputs(model: Model, values: Readonly<Record<string, FixedValue>>): void {
  const { graph } = model;
  for (const [name, given] of Object.entries(values)) {
    const inputs = graph.inputs.filter((value) => !value.initializer);
    const input = inputs.find((value) => value.name === name);
    if (!input)
      throw unknownInput(
        name,
        inputs.map((value) => value.name),
      );
    if (input.type?.kind !== 'tensor') throw badFixedValue(name, 'it is no tensor', 'a tensor');
    const tensor = tensorOfFixedValue(name, given, input.type);
    if (tensor.shape.every((n) => n > 0)) bindShapes(model, { [name]: tensor.shape });
    input.initializer = tensorSourceOfTensor(tensor);
    input.type = { kind: 'tensor', dtype: tensor.dtype, shape: tensor.shape };
    graph.inputs = graph.inputs.filter((value) => value !== input);
    graph.adoptInitializer(input);
  }
}
