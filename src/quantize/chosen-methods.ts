import { type Chosen, parseChosen, parseOneChosen } from '../base/parse-chosen.ts';
import { dataTypes } from '../tensor/data-types.ts';
import { methodNotOfFormat } from './errors.ts';
import type { GridMethod } from './grid-method.ts';
import { gridMethods } from './grid-methods/index.generated.ts';
import { integerLevels } from './integer-levels.ts';
import type { LevelFormat } from './level-format.ts';
import type { RoundingMethod } from './rounding-method.ts';
import { roundingMethods } from './rounding-methods/index.generated.ts';
import { isIntegerFormat, isLevelFormat, type StorageFormat } from './weights/storage-options.ts';

export interface ChosenMethods {
  readonly levels: LevelFormat;
  readonly grid: Chosen<GridMethod>;
  /** Absent: the nearest codes. */
  readonly rounding?: Chosen<RoundingMethod>;
}

const grids: Readonly<Record<string, GridMethod>> = gridMethods;
const roundings: Readonly<Record<string, RoundingMethod>> = roundingMethods;

/** Names of all methods, those that find grids first. */
export const methodNames: readonly string[] = [...Object.keys(grids), ...Object.keys(roundings)];

/** Bits up to which it pays to look for a scale: above, what is cut off is little beside a step. */
const FEW_BITS = 4;

/**
 * How weights get their grids and codes.
 * @param text a method for either, and how they are set: `mse`, `gptq`, `mse:candidates=80,gptq`; default by format
 * @returns undefined where integers are coded by the plain rule of their format, and for formats without codes
 * @throws PareError `method-not-of-format`, `unknown-name`, `bad-record-options`
 */
export function chosenMethods(format: StorageFormat, text: string | undefined): ChosenMethods | undefined {
  const levels = levelsOf(format);
  if (!levels) {
    if (text !== undefined) throw methodNotOfFormat(text, format.name, 'it has no scale to be found');
    return undefined;
  }
  if (text === undefined && !isLevelFormat(format)) return undefined;
  const named = parseChosen<GridMethod | RoundingMethod>(text ?? '', { ...grids, ...roundings }, 'method');
  const [grid, secondGrid] = named.filter(isOfGrids);
  const [rounding, secondRounding] = named.filter(isOfRounding);
  const second = secondGrid ?? secondRounding;
  if (second)
    throw methodNotOfFormat(second.record.name, format.name, 'another one of its kind is there already');
  const chosen = grid ?? parseOneChosen(defaultGrid(levels), grids, 'method');
  const reason = chosen.record.refuses(levels);
  if (reason !== undefined) throw methodNotOfFormat(chosen.record.name, format.name, reason);
  return { levels, grid: chosen, ...(rounding && { rounding }) };
}

function levelsOf(format: StorageFormat): LevelFormat | undefined {
  if (isLevelFormat(format)) return format;
  return isIntegerFormat(format) ? integerLevels(format, dataTypes[format.dtype].bits) : undefined;
}

function defaultGrid({ levels, bits }: LevelFormat): string {
  if (typeof levels === 'number') return gridMethods['k-means'].name;
  return (bits <= FEW_BITS ? gridMethods['least-squares'] : gridMethods.nearest).name;
}

function isOfGrids(chosen: Chosen<GridMethod | RoundingMethod>): chosen is Chosen<GridMethod> {
  return 'fit' in chosen.record;
}

function isOfRounding(chosen: Chosen<GridMethod | RoundingMethod>): chosen is Chosen<RoundingMethod> {
  return 'round' in chosen.record;
}
