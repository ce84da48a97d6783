import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import { nonFiniteWeight } from './errors.ts';
import type { CodeRange } from './format.ts';
import { channelLayout, channelMagnitudes } from './quantized-weight.ts';
import { weightScales } from './weight-scales.ts';

interface ScaleOptions {
  /** The channel axis, or undefined for one scale for the whole weight. */
  readonly axis: number | undefined;
  /** Scale of the data the weight is multiplied with. */
  readonly inputScale: number;
  readonly codes: CodeRange;
}

/** Scales of a planned layer's weight, with regard to its bias. Throws `non-finite-weight`. */
export async function layerScales(
  layer: Node,
  { axis, inputScale, codes }: ScaleOptions,
): Promise<Float32Array> {
  const [, weight, bias] = layer.inputs;
  // Layers are planned only with a constant weight.
  const magnitudes = channelMagnitudes(
    await floatConstant(weight!),
    channelLayout(weight!.initializer!.shape, axis),
  );
  return weightScales(magnitudes, codes, inputScale, bias && (await floatConstant(bias)));
}

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
