import { type Chosen, parseOneChosen } from '../base/parse-chosen.ts';
import { dataTypes } from '../tensor/data-types.ts';
import { methodNotOfFormat } from './errors.ts';
import type { GridMethod } from './grid-method.ts';
import { gridMethods } from './grid-methods/index.generated.ts';
import { integerLevels } from './integer-levels.ts';
import type { LevelFormat } from './level-format.ts';
import { levelGrids, nearestCodes } from './weights/level-grids.ts';
import { rememberedCoding } from './weights/remembered-coding.ts';
import { isIntegerFormat, isLevelFormat, type StorageFormat } from './weights/storage-options.ts';
import type { WeightCoding } from './weights/weight-coding.ts';

const methods: Readonly<Record<string, GridMethod>> = gridMethods;
/** Bits up to which it pays to look for a scale: what is cut off is little beside a step. */
const FEW_BITS = 4;

/**
 * How weights get their codes.
 * @param text the method and how it is set; default by format
 * @returns undefined where integers are coded by the plain rule of their format, and for formats without codes
 * @throws PareError `method-not-of-format`, `unknown-name`, `bad-record-options`
 */
export function codingOf(format: StorageFormat, text: string | undefined): WeightCoding | undefined {
  if (isLevelFormat(format)) return coded(format, text ?? defaultMethod(format));
  if (text === undefined) return undefined;
  if (!isIntegerFormat(format)) throw methodNotOfFormat(text, format.name, 'it has no scale to be found');
  const levels = integerLevels(format, dataTypes[format.dtype].bits);
  return text === gridMethods.nearest.name ? undefined : coded(levels, text);
}

export function defaultMethod({ levels, bits }: LevelFormat): string {
  if (typeof levels === 'number') return gridMethods['k-means'].name;
  return (bits <= FEW_BITS ? gridMethods['least-squares'] : gridMethods.nearest).name;
}

function coded(format: LevelFormat, text: string): WeightCoding {
  const method: Chosen<GridMethod> = parseOneChosen(text, methods, 'method');
  const reason = method.record.refuses(format);
  if (reason !== undefined) throw methodNotOfFormat(text, format.name, reason);
  return rememberedCoding(({ weights, grouping, format: own }) => {
    const grids = levelGrids(weights, own, grouping, (group) => method.record.fit(group, method.options));
    return { grids, codes: nearestCodes(weights, grids) };
  });
}
