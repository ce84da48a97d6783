import { inferConvolution } from './infer-convolution.ts';
import { macsOfConvolution } from './macs-of-convolution.ts';
import type { InferenceContext, Op } from './op.ts';
import { poolingOps } from './pooling.ts';

const domain = 'com.microsoft.nchwc';

/** The engine's blocks of channels hold 8 or 16, as the processor likes: how many there are after filling up is open. */
function inferReorderInput({ node, type }: InferenceContext) {
  const data = type(0);
  if (data?.shape?.length !== 4) return [data && { ...data, shape: undefined }];
  const [n, ...rest] = data.shape;
  const [h, w] = node.int('channels_last') === 1 ? rest : rest.slice(1);
  return [{ ...data, shape: [n, null, h, w] }];
}

function inferReorderOutput({ node, type }: InferenceContext) {
  const data = type(0);
  if (data?.shape?.length !== 4) return [data && { ...data, shape: undefined }];
  const [n, , h, w] = data.shape;
  const channels = node.int('channels') ?? null;
  return [{ ...data, shape: node.int('channels_last') === 1 ? [n, h, w, channels] : [n, channels, h, w] }];
}

function pool(type: string): Op {
  const standard = poolingOps.find((op) => op.type === type);
  return { type, domain, ...(standard?.infer && { infer: standard.infer }) };
}

/** Float layers in blocks of channels, which ONNX Runtime's highest optimization level makes; no file should hold them. */
export const contribNchwcOps: readonly Op[] = [
  { type: 'ReorderInput', domain, infer: inferReorderInput },
  { type: 'ReorderOutput', domain, infer: inferReorderOutput },
  {
    type: 'Conv',
    domain,
    infer: (context) => inferConvolution(context),
    macs: (context) => macsOfConvolution(context),
  },
  pool('MaxPool'),
  pool('AveragePool'),
  pool('GlobalMaxPool'),
  pool('GlobalAveragePool'),
];
