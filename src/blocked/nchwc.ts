import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter, WrittenAttributes } from '../ops/graph-writer.ts';

/** ONNX Runtime's own operators on blocks of channels, at version 1. */
export const nchwcDomain = 'com.microsoft.nchwc';

export interface NchwcConv {
  /** Blocked, or plain with fewer channels than a block. */
  readonly x: Value;
  /** In the kernel's own layout (see `weight-layouts`). */
  readonly weight: Value;
  /** [O] */
  readonly bias?: Value | undefined;
  /** Blocked; added to the result. */
  readonly sum?: Value | undefined;
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** All begins, then all ends. */
  readonly pads?: readonly number[];
  readonly group?: number;
}

/** A convolution on blocks; the result is blocked. */
export function nchwcConv(
  write: GraphWriter,
  { x, weight, bias, sum, kernel, strides, dilations, pads, group }: NchwcConv,
): Value {
  const inputs = [x, weight, ...(bias || sum ? [bias] : []), ...(sum ? [sum] : [])];
  return nchwc(write, 'Conv', inputs, {
    kernel_shape: kernel,
    strides: strides ?? kernel.map(() => 1),
    dilations: dilations ?? kernel.map(() => 1),
    pads: pads ?? [...kernel, ...kernel].map(() => 0),
    group: group ?? 1,
  });
}

/** Any operator of the domain with one output. */
export function nchwc(
  write: GraphWriter,
  opType: string,
  inputs: readonly (Value | undefined)[],
  attributes: WrittenAttributes = {},
): Value {
  return write.ops(opType, inputs, 1, attributes, nchwcDomain)[0];
}
