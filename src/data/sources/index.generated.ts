// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Source } from '../source.ts';
import { cifar10 } from './cifar10.ts';
import { idx } from './idx.ts';
import { images } from './images.ts';
import { synthetic } from './synthetic.ts';

/** All kinds of data sets, by the word after `kind:`. */
export const sources = {
  cifar10,
  idx,
  images,
  synthetic,
} as const satisfies Record<string, Source>;

export type SourceKind = keyof typeof sources;
