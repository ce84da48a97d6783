import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { dataTypeOfCode } from '../tensor/data-types.ts';
import { addConstantInput } from './add-constant-input.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { InferenceContext, Op, UpgradeContext } from './op.ts';
import { tensorType } from './tensor-type.ts';

function half(n: Dimension): Dimension {
  return typeof n === 'number' ? Math.floor(n / 2) + 1 : null;
}

/** [batch, signal…, 1 or 2] in, real and imaginary part last out; the axis is an attribute before 20. */
function inferDft({ node, type, integers, opset }: InferenceContext): (TensorType | undefined)[] {
  const data = type(0);
  if (!data?.shape) return [data && { ...data, shape: undefined }];
  const rank = data.shape.length;
  const given = opset < 20 ? (node.int('axis') ?? 1) : node.inputs[2] ? integers(2)?.[0] : -2;
  if (given === undefined) return [{ ...data, shape: data.shape.map(() => null) }];
  const axis = normalizeAxis(given, rank);
  const stated = node.inputs[1] ? (integers(1)?.[0] ?? null) : undefined;
  const isHalf = node.int('onesided') === 1;
  const isInverse = node.int('inverse') === 1;
  const shape = data.shape.map((n, i): Dimension => {
    if (i === rank - 1) return isHalf && isInverse ? 1 : 2;
    if (i !== axis) return n;
    if (isHalf && isInverse) return stated ?? (typeof n === 'number' ? 2 * (n - 1) : null);
    const length = stated === undefined ? n : stated;
    return isHalf ? half(length) : length;
  });
  return [{ ...data, shape }];
}

/** The axis became an input, and its default another. */
function axisToInput(context: UpgradeContext): void {
  addConstantInput(context, 2, 'axis', 'int64', context.node.int('axis') ?? 1);
  context.node.attributes.delete('axis');
}

/** Signal [B, L] or [B, L, 1 or 2], step, window, frame length: [B, frames, bins, 2]. */
function inferStft({ node, type, integers }: InferenceContext): (TensorType | undefined)[] {
  const data = type(0);
  if (!data) return [];
  const [batch, length] = data.shape ?? [null, null];
  const step = integers(1)?.[0];
  const frame = node.inputs[3] ? integers(3)?.[0] : type(2)?.shape?.[0];
  const isKnown = typeof length === 'number' && step && typeof frame === 'number';
  const frames = isKnown ? Math.floor((length - frame) / step) + 1 : null;
  const bins = node.int('onesided') === 0 ? (frame ?? null) : half(frame ?? null);
  return [{ ...data, shape: [batch, frames, bins, 2] }];
}

function window(type: string): Op {
  return {
    type,
    domain: '',
    infer: ({ node, integers }) => [
      tensorType(dataTypeOfCode(node.int('output_datatype') ?? 1) ?? 'float', [integers(0)?.[0] ?? null]),
    ],
  };
}

export const signalOps: readonly Op[] = [
  { type: 'DFT', domain: '', infer: inferDft, upgrades: { 20: axisToInput } },
  { type: 'STFT', domain: '', infer: inferStft },
  {
    type: 'MelWeightMatrix',
    domain: '',
    infer: ({ node, integers }) => {
      const dtype = dataTypeOfCode(node.int('output_datatype') ?? 1) ?? 'float';
      return [tensorType(dtype, [half(integers(1)?.[0] ?? null), integers(0)?.[0] ?? null])];
    },
  },
  window('HannWindow'),
  window('HammingWindow'),
  window('BlackmanWindow'),
];
