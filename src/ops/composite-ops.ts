import type { Op } from './op.ts';

/**
 * Operators of pare's own that stand for a piece of a backward pass until a back end chooses its form. The gradient rules write
 * them (`ops/gradients/*`), `ops/gradients/composites` spells them out in standard operators; no file holds them. A recurrence
 * stands for a forward pass, which computes more where its gradient is asked for (`recurrent-training/to-scanned-form`).
 */
export const compositeDomain = 'pare.training';

const types = [
  'ConvolutionInputGradient',
  'ConvolutionWeightGradient',
  'BatchNormalizationGradient',
  'MaxPoolGradient',
  'ClipGradient',
  'Recurrence',
] as const;

export type CompositeType = (typeof types)[number];

/** Of LSTM and GRU in training form. */
export const recurrenceType = 'Recurrence' satisfies CompositeType;

/** Each output is float and has the shape that an attribute states. */
export const compositeOps: readonly Op[] = types.map((type) => ({
  type,
  domain: compositeDomain,
  infer: ({ node }) =>
    node.outputs.map((_, i) => ({ kind: 'tensor', dtype: 'float', shape: node.ints(shapeOf(i))! })),
}));

/** The attribute that holds the shape of output `index`. */
export function shapeOf(index: number): string {
  return `shape_${index}`;
}
