// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Augmentation } from '../augmentation.ts';
import { affine } from './affine.ts';
import { crop } from './crop.ts';
import { cutout } from './cutout.ts';
import { elastic } from './elastic.ts';
import { flip } from './flip.ts';
import { mixup } from './mixup.ts';
import { noise } from './noise.ts';
import { shift } from './shift.ts';

/** All augmentations. */
export const augmentations = {
  affine,
  crop,
  cutout,
  elastic,
  flip,
  mixup,
  noise,
  shift,
} as const satisfies Record<string, Augmentation>;

export type AugmentationName = keyof typeof augmentations;
