import type { DataType } from '../base/tensor.ts';
import type { Node } from '../onnx/ir/node.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import { axesKept } from './axes-kept.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';

/** Type asked for by attribute (QuantizeLinear since 21, DequantizeLinear since 23); 0 or absent: by the inputs. */
function outputType(node: Node): DataType | undefined {
  return dataTypeOfCode(node.int('output_dtype') ?? 0);
}

function inferDequantize({ node, type }: InferenceContext) {
  const data = type(0);
  const scale = type(1);
  return data ? [{ ...data, dtype: outputType(node) ?? scale?.dtype ?? ('float' as const) }] : [];
}

function inferQuantize({ node, type }: InferenceContext) {
  const data = type(0);
  const zeroPoint = type(2);
  return data ? [{ ...data, dtype: zeroPoint?.dtype ?? outputType(node) ?? ('uint8' as const) }] : [];
}

/** One scale a tensor, one an index of `axis`, or one a block along it (scales then have the data's rank). */
function axesOfCoding({ node, inputShape }: AxesContext): AxisMap | undefined {
  const shape = inputShape(0);
  const scale = inputShape(1);
  if (!shape) return undefined;
  const coded = normalizeAxis(node.int('axis') ?? 1, shape.length);
  const isBlocked = (node.int('block_size') ?? 0) > 0;
  const parameters = node.inputs[2] ? [1, 2] : [1];
  return shape.map((_, axis): AxisLink => {
    const places = [inputAxis(0, axis), outputAxis(0, axis)];
    if (isBlocked && axis === coded) return { kind: 'mixed', places };
    const own = isBlocked ? axis : 0;
    const takesPart = isBlocked || (axis === coded && scale?.length === 1 && scale[0] !== 1);
    return {
      kind: 'same',
      places: takesPart ? [...places, ...parameters.map((i) => inputAxis(i, own))] : places,
    };
  });
}

/** Gives codes, the scale and the zero point of the whole tensor. */
function inferDynamicQuantize({ type }: InferenceContext) {
  const data = type(0);
  if (!data) return [];
  const dtype = 'uint8' as const;
  return [
    { ...data, dtype },
    { ...data, dtype: 'float' as const, shape: [] },
    { ...data, dtype, shape: [] },
  ];
}

const coding = (domain: string): Op[] => [
  {
    type: 'QuantizeLinear',
    domain,
    keepsItsPlace: true,
    isQuantized: true,
    infer: inferQuantize,
    axes: axesOfCoding,
  },
  {
    type: 'DequantizeLinear',
    domain,
    keepsItsPlace: true,
    isQuantized: true,
    infer: inferDequantize,
    axes: axesOfCoding,
  },
];

export const quantizationOps: readonly Op[] = [
  ...coding(''),
  // The engine's own domain had the narrow types before the standard did.
  ...coding('com.microsoft'),
  {
    type: 'DynamicQuantizeLinear',
    domain: '',
    isQuantized: true,
    infer: inferDynamicQuantize,
    axes: (context) => axesKept(context),
  },
];
