import type { Node } from '../onnx/ir/node.ts';
import type { Dimension } from '../onnx/ir/type.ts';

/** Attributes that convolutions and pools share, defaults filled in for `rank` spatial axes. */
export interface SpatialAttributes {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
  readonly autoPad: string;
}

/** @param kernel the kernel's spatial lengths where the attribute is absent (from the weight's shape) */
export function spatialAttributes(node: Node, rank: number, kernel?: readonly number[]): SpatialAttributes {
  const ones = new Array<number>(rank).fill(1);
  return {
    kernel: node.ints('kernel_shape') ?? kernel ?? ones,
    strides: node.ints('strides') ?? ones,
    dilations: node.ints('dilations') ?? ones,
    pads: node.ints('pads') ?? new Array<number>(2 * rank).fill(0),
    autoPad: node.string('auto_pad') ?? 'NOTSET',
  };
}

/** Output length of spatial axis `axis`: floor((in + pads − span) / stride) + 1 (or ceil). ONNX: Conv, MaxPool. */
export function spatialLength(
  input: Dimension,
  attributes: SpatialAttributes,
  axis: number,
  ceil = false,
): Dimension {
  if (typeof input !== 'number') return null;
  const stride = attributes.strides[axis];
  if (attributes.autoPad === 'SAME_UPPER' || attributes.autoPad === 'SAME_LOWER')
    return Math.ceil(input / stride);
  const rank = attributes.kernel.length;
  const span = (attributes.kernel[axis] - 1) * attributes.dilations[axis] + 1;
  const isValid = attributes.autoPad === 'VALID';
  const before = isValid ? 0 : attributes.pads[axis];
  const padded = input + (isValid ? 0 : before + attributes.pads[rank + axis]);
  if (!ceil) return Math.floor((padded - span) / stride) + 1;
  const length = Math.ceil((padded - span) / stride) + 1;
  // A window that would start in the end padding is dropped.
  return (length - 1) * stride >= input + before ? length - 1 : length;
}

/** Output length of spatial axis `axis` of ConvTranspose: stride · (in − 1) + output padding + span − pads. */
export function transposedLength(
  input: Dimension,
  attributes: SpatialAttributes,
  axis: number,
  node: Node,
): Dimension {
  const stated = node.ints('output_shape');
  if (stated) return stated[stated.length - attributes.kernel.length + axis];
  if (typeof input !== 'number') return null;
  const stride = attributes.strides[axis];
  if (attributes.autoPad.startsWith('SAME')) return input * stride;
  const span = (attributes.kernel[axis] - 1) * attributes.dilations[axis] + 1;
  const extra = node.ints('output_padding')?.[axis] ?? 0;
  const pads =
    attributes.autoPad === 'VALID'
      ? 0
      : attributes.pads[axis] + attributes.pads[attributes.kernel.length + axis];
  return stride * (input - 1) + extra + span - pads;
}
