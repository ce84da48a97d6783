import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { nonFiniteWeight } from './errors.ts';

/** The numbers of a float constant. Throws `non-finite-weight` where one is NaN or infinite. */
export async function floatConstant({
  name,
  initializer,
}: Pick<Value, 'name' | 'initializer'>): Promise<Float32Array> {
  // Layers are planned only with float weights and biases.
  const data = (await readTensorSource(initializer!)).data as Float32Array;
  const index = data.findIndex((x) => !Number.isFinite(x));
  if (index >= 0) throw nonFiniteWeight(name, data[index], index);
  return data;
}
