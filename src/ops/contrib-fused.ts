import type { TensorType } from '../onnx/ir/type.ts';
import { axesOfConvolution } from './axes-of-convolution.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { inferConvolution } from './infer-convolution.ts';
import { axesOfNormalization, inferLayerNorm } from './layer-norm.ts';
import { macsOfConvolution } from './macs-of-convolution.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';
import { unary } from './unary.ts';

const domain = 'com.microsoft';

/** input, skip, gamma, beta, bias: the sum's norm, its mean, its inverse deviation, the sum. */
function inferSkipNorm({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const data = type(0);
  const one = data && {
    ...data,
    dtype: 'float' as const,
    shape: data.shape?.map((n, i, all) => (i < all.length - 1 ? n : 1)),
  };
  return node.outputs.map((_, i) => (i === 0 || i === 3 ? data : one));
}

function axesOfSkipNorm(context: AxesContext, vectors: readonly number[]) {
  const links = axesOfNormalization(context, -1, [1, ...vectors]);
  return context.node.outputs[3] ? undefined : links;
}

/** ids [B, S], segments, word, position, segment tables [n, H], …: [B, S, H], mask [B], sum of the embeddings. */
function inferEmbedNorm({ type }: InferenceContext): (TensorType | undefined)[] {
  const [ids, words] = [type(0)?.shape, type(2)];
  if (!words) return [];
  const embedded = { ...words, shape: ids && [...ids, words.shape?.[1] ?? null] };
  return [embedded, { ...words, dtype: 'int32', shape: [ids?.[0] ?? null] }, embedded];
}

/** Nodes that ONNX Runtime's optimizer makes of several standard ones. */
export const contribFusedOps: readonly Op[] = [
  {
    // A fourth input is added to the sums before the activation.
    type: 'FusedConv',
    domain,
    infer: (context) => inferConvolution(context),
    axes: (context) => (context.node.inputs[3] ? undefined : axesOfConvolution(context)),
    weights: () => [{ input: 1, ownAxes: [0] }],
    macs: (context) => macsOfConvolution(context),
  },
  unary('Gelu', undefined, domain),
  unary('QuickGelu', undefined, domain),
  { type: 'FastGelu', domain, infer: sameAsInput, axes: axesOfElementwise },
  { type: 'BiasGelu', domain, infer: sameAsInput, axes: axesOfElementwise },
  {
    type: 'SkipLayerNormalization',
    domain,
    infer: inferSkipNorm,
    axes: (context) => axesOfSkipNorm(context, [2, 3, 4]),
  },
  {
    type: 'SkipSimplifiedLayerNormalization',
    domain,
    infer: inferSkipNorm,
    axes: (context) => axesOfSkipNorm(context, [2, 3]),
  },
  {
    // Registered under the standard domain, though the standard has no such name.
    type: 'SimplifiedLayerNormalization',
    domain: '',
    infer: inferLayerNorm,
    axes: (context) => axesOfNormalization(context, context.node.int('axis') ?? -1, [1]),
  },
  {
    type: 'EmbedLayerNormalization',
    domain,
    infer: inferEmbedNorm,
    weights: () => [2, 3, 4].map((input) => ({ input, ownAxes: [0] })),
  },
  { type: 'Inverse', domain, infer: sameAsInput },
];
