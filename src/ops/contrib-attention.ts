import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { axesKept } from './axes-kept.ts';
import type { CostContext, InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';

const domain = 'com.microsoft';

function quotient(a: Dimension, b: number | undefined): Dimension {
  return typeof a === 'number' && b ? a / b : null;
}

/**
 * Attention and QAttention: input [B, S, I], weight [I, Q + K + V], bias [Q + K + V]; output [B, S, V], present
 * [2, B, heads, past + S, head]. `past` says which input holds the past.
 */
function inferAttention({ node, type }: InferenceContext, past: number): (TensorType | undefined)[] {
  const [data, weight] = [type(0), type(1)?.shape];
  if (!data) return [];
  const dtype = data.dtype === 'uint8' || data.dtype === 'int8' ? 'float' : data.dtype;
  const [batch, length] = data.shape ?? [null, null];
  const sizes = node.ints('qkv_hidden_sizes');
  const width = sizes ? sizes[2] : quotient(weight?.[1] ?? null, 3);
  const heads = node.int('num_heads');
  const before = node.inputs[past] ? (type(past)?.shape?.[3] ?? null) : 0;
  const total = typeof before === 'number' && typeof length === 'number' ? before + length : null;
  return [
    { ...data, dtype, shape: [batch, length, width] },
    { ...data, dtype, shape: [2, batch, heads ?? null, total, quotient(width, heads)] },
  ];
}

/** Projection by the packed weight, then Q·Kᵀ and its product with V. */
function macsOfAttention({ inputShape, outputShape }: CostContext): number {
  const [data, weight, output] = [inputShape(0), inputShape(1), outputShape(0)];
  if (!data || !weight || !output) return 0;
  const [batch, length, width] = data;
  const keysAndQueries = weight[1] - output[2];
  return batch * length * (width * weight[1] + length * (keysAndQueries / 2 + output[2]));
}

/** query [B, S, H], key [B, L, H], value [B, L, V]; packed forms have rank 5. Present: [B, heads, total, head]. */
function inferMultiHead({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const query = type(0);
  const [q, v] = [query?.shape, type(2)?.shape];
  if (!query) return [];
  if (q?.length !== 3 || (node.inputs[2] && !v)) return [{ ...query, shape: undefined }];
  const heads = node.int('num_heads') ?? null;
  // Keys and values of cross attention come split by heads: [B, heads, L, head].
  const isSplit = v?.length === 4;
  const width = !v ? q[2] : isSplit ? product(v[1], v[3]) : v[2];
  return [{ ...query, shape: [q[0], q[1], width] }, ...presents(node.outputs.length, heads)];

  function presents(count: number, own: Dimension): TensorType[] {
    const present: TensorType = { ...type(0)!, shape: [q?.[0] ?? null, own, null, null] };
    return Array.from({ length: Math.max(0, count - 1) }, () => present);
  }
}

function product(a: Dimension, b: Dimension): Dimension {
  return typeof a === 'number' && typeof b === 'number' ? a * b : null;
}

/** query [B, S, heads · head] (packed: with keys and values behind), past [B, kvHeads, P, head]. */
function inferGroupQuery({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const query = type(0);
  const [batch, length, width] = query?.shape ?? [null, null, null];
  if (!query) return [];
  const [heads, kvHeads] = [node.int('num_heads') ?? 1, node.int('kv_num_heads') ?? 1];
  const isPacked = !node.inputs[1];
  const headSize = quotient(width, isPacked ? heads + 2 * kvHeads : heads);
  const out = isPacked ? product(headSize, heads) : width;
  const present: TensorType = { ...query, shape: [batch, kvHeads, null, headSize] };
  return [{ ...query, shape: [batch, length, out] }, present, present];
}

/** Keys as many as queries: what lies in the cache is not known before running. */
function macsOfQueries({ node, outputShape, inputShape }: CostContext): number {
  const output = outputShape(0);
  const key = node.inputs[1] ? inputShape(1) : undefined;
  if (!output) return 0;
  const keys = key?.length === 3 ? key[1] : output[1];
  return output[0] * output[1] * keys * output[2] * 2;
}

export const contribAttentionOps: readonly Op[] = [
  {
    type: 'Attention',
    domain,
    infer: (context) => inferAttention(context, 4),
    weights: () => [{ input: 1, ownAxes: [1] }],
    dynamic: 'attention',
    macs: macsOfAttention,
  },
  {
    type: 'QAttention',
    domain,
    isQuantized: true,
    infer: (context) => inferAttention(context, 8),
    macs: macsOfAttention,
  },
  { type: 'MultiHeadAttention', domain, infer: inferMultiHead, macs: macsOfQueries },
  { type: 'GroupQueryAttention', domain, infer: inferGroupQuery, macs: macsOfQueries },
  {
    type: 'RotaryEmbedding',
    domain,
    infer: sameAsInput,
    axes: (context) => axesKept(context, (axis) => axis > 0),
  },
];
