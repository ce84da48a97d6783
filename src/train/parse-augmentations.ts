import { parseChosen } from '../base/parse-chosen.ts';
import type { Augmentation, ChosenAugmentation } from './augmentation.ts';
import { augmentations } from './augmentations/index.generated.ts';

/** Reads `flip,crop:pad=4,cutout:size=8`. Throws `unknown-name`, `bad-record-options`. */
export function parseAugmentations(
  text: string,
  known: Readonly<Record<string, Augmentation>> = augmentations,
): ChosenAugmentation[] {
  return parseChosen(text, known, 'augmentation').map(({ record, options }) => ({
    augmentation: record,
    options,
  }));
}
