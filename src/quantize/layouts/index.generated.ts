// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Layout } from '../layout.ts';
import { qdq } from './qdq.ts';
import { qoperator } from './qoperator.ts';

/** All layouts of quantized models. */
export const layouts = {
  qdq,
  qoperator,
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof layouts;
