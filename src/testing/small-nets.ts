import type { Value } from '../onnx/ir/value.ts';
import type { Attributes, GraphBuilder } from './build-graph.ts';
import { f32, floats } from './tensors.ts';

interface ConvOptions {
  kernel?: number;
  attributes?: Attributes;
  hasBias?: boolean;
}

/**
 * Adds a named convolution of stride 1 that keeps height and width; weights are seeded by its name, and of a size that
 * keeps the size of the values.
 */
export function addNamedConv(
  b: GraphBuilder,
  name: string,
  x: Value,
  [inputs, outputs]: readonly [number, number],
  { kernel = 3, attributes = {}, hasBias = true }: ConvOptions = {},
): Value {
  const group = typeof attributes.group === 'number' ? attributes.group : 1;
  const pad = (kernel - 1) / 2;
  const shape = [outputs, inputs / group, kernel, kernel];
  const weight = b.constant(`${name}.w`, f32(shape, name, Math.sqrt((group * 2) / (inputs * kernel ** 2))));
  const bias = hasBias ? b.weights(`${name}.b`, [outputs]) : undefined;
  return b.node('Conv', [x, weight, bias], {
    name,
    outputs: [`${name}_out`],
    attributes: { pads: [pad, pad, pad, pad], ...attributes },
  });
}

/** Adds a named Relu. */
export function addRelu(b: GraphBuilder, name: string, x: Value): Value {
  return b.node('Relu', [x], { name, outputs: [`${name}_out`] });
}

/** Adds a named Clip; a bound left out is no input. */
export function addClip(b: GraphBuilder, name: string, x: Value, min?: number, max?: number): Value {
  const bound = (key: string, value: number | undefined) =>
    value === undefined ? undefined : b.constant(`${name}.${key}`, floats([], [value]));
  return b.node('Clip', [x, bound('min', min), bound('max', max)], { name, outputs: [`${name}_out`] });
}
