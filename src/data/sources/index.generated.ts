// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Source } from '../source.ts';
import { audio } from './audio.ts';
import { cifar10 } from './cifar10.ts';
import { csv } from './csv.ts';
import { idx } from './idx.ts';
import { images } from './images.ts';
import { npz } from './npz.ts';
import { pb } from './pb.ts';
import { synthetic } from './synthetic.ts';
import { text } from './text.ts';

/** All kinds of data sets, by the word after `kind:`. */
export const sources = {
  audio,
  cifar10,
  csv,
  idx,
  images,
  npz,
  pb,
  synthetic,
  text,
} as const satisfies Record<string, Source>;

export type SourceKind = keyof typeof sources;
