import { parseSpec, type Spec } from '../base/parse-spec.ts';
import type { Augmentation } from './augmentation.ts';
import { augmentations } from './augmentations/index.generated.ts';

/** Reads `flip,crop:pad=4`; `none` is none. */
export function parseAugmentations(text: string): Spec<Augmentation>[] {
  if (text === 'none' || text === '') return [];
  return text.split(',').map((part) => parseSpec<Augmentation>(augmentations, part.trim(), 'augmentation'));
}
