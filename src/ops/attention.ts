import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { axesKept } from './axes-kept.ts';
import { type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import type { AxesContext, CostContext, InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

/**
 * Attention 23: Q, K, V as [B, heads, S, E] or [B, S, heads · E]; mask, past key, past value. Outputs: Y, present key
 * and value [B, kvHeads, past + S, E], the products of queries and keys [B, heads, S, past + S].
 */
function inferAttention({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const q = type(0);
  const [qs, ks, vs] = [0, 1, 2].map((i) => type(i)?.shape);
  if (!q || !qs || !ks || !vs) return [q && { ...q, shape: undefined }];
  const isFlat = qs.length === 3;
  const heads = isFlat ? (node.int('q_num_heads') ?? null) : qs[1];
  const kvHeads = isFlat ? (node.int('kv_num_heads') ?? null) : ks[1];
  const sequence = qs[qs.length - 2];
  const past = node.inputs[4] ? (type(4)?.shape?.[2] ?? null) : 0;
  const total = sum(past, ks[ks.length - 2]);
  const headSize = (shape: readonly Dimension[]) => (isFlat ? quotient(shape[2], kvHeads) : shape[3]);
  const wide = isFlat ? [qs[0], sequence, product(heads, headSize(vs))] : [qs[0], heads, sequence, vs[3]];
  return [
    { ...q, shape: wide },
    { ...(type(1) ?? q), shape: [qs[0], kvHeads, total, headSize(ks)] },
    { ...(type(2) ?? q), shape: [qs[0], kvHeads, total, headSize(vs)] },
    { ...q, shape: [qs[0], heads, sequence, total] },
  ];
}

function sum(a: Dimension, b: Dimension): Dimension {
  if (a === 0) return b;
  return typeof a === 'number' && typeof b === 'number' ? a + b : null;
}

function product(a: Dimension, b: Dimension): Dimension {
  return typeof a === 'number' && typeof b === 'number' ? a * b : null;
}

function quotient(a: Dimension, b: Dimension): Dimension {
  return typeof a === 'number' && typeof b === 'number' ? a / b : null;
}

function axesOfAttention({ node, inputShape }: AxesContext): AxisMap | undefined {
  const isFlat = inputShape(0)?.length === 3;
  const batch = [inputAxis(0, 0), inputAxis(1, 0), inputAxis(2, 0), outputAxis(0, 0)];
  if (!isFlat) {
    return [
      { kind: 'same', places: batch },
      { kind: 'mixed', places: [inputAxis(0, 2), outputAxis(0, 2)] },
      { kind: 'reduced', places: [inputAxis(0, 3), inputAxis(1, 3)], isSum: true },
      { kind: 'same', places: [inputAxis(2, 3), outputAxis(0, 3)] },
    ];
  }
  const groups = node.int('q_num_heads') ?? 1;
  return [
    { kind: 'same', places: batch },
    { kind: 'mixed', places: [inputAxis(0, 1), outputAxis(0, 1)] },
    ...(groups === node.int('kv_num_heads')
      ? [
          {
            kind: 'grouped' as const,
            places: [...[0, 1, 2].map((i) => inputAxis(i, 2)), outputAxis(0, 2)],
            groups,
          },
        ]
      : []),
  ];
}

/** Q·Kᵀ and its product with V. */
function macsOfAttention({ node, inputShape, outputShape }: CostContext): number {
  const [q, k, y] = [inputShape(0), inputShape(1), outputShape(0)];
  if (!q || !k || !y) return 0;
  const isFlat = q.length === 3;
  const [batch, length, keys] = [q[0], q[q.length - 2], k[k.length - 2]];
  const past = node.inputs[4] ? (inputShape(4)?.[2] ?? 0) : 0;
  const width = isFlat ? q[2] + y[2] : q[1] * (q[3] + y[3]);
  return batch * length * (keys + past) * width;
}

export const attentionOps: readonly Op[] = [
  { type: 'Attention', domain: '', infer: inferAttention, axes: axesOfAttention, macs: macsOfAttention },
  {
    type: 'RotaryEmbedding',
    domain: '',
    infer: sameAsInput,
    axes: (context) => axesKept(context, (axis, rank) => axis >= rank - 2),
  },
];
