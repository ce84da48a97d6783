import { dataTypes } from '../../tensor/data-types.ts';
import type { Format } from '../format.ts';
import { integerLevels } from '../integer-levels.ts';
import type { LevelFormat } from '../level-format.ts';
import type { GroupGrids } from './group-codes.ts';
import type { Grouping } from './grouping.ts';
import type { LevelGrids } from './level-grids.ts';
import type { WeightSite } from './weight-sites.ts';

export interface CodingRequest {
  readonly site: WeightSite;
  /** In the order of the site, or a matrix turned around. */
  readonly weights: Float32Array;
  readonly isTurned: boolean;
  readonly grouping: Grouping;
  readonly format: LevelFormat;
}

export interface LevelCoding {
  readonly grids: LevelGrids;
  /** In the order of the grouping's dims. */
  readonly codes: Uint8Array;
}

/** Finds codes for a weight, and what they stand for. */
export type WeightCoding = (request: CodingRequest) => LevelCoding;

/** The same for a format of integers. */
export function integerCoding(
  coding: WeightCoding,
  format: Format,
  request: Omit<CodingRequest, 'format'>,
): GroupGrids {
  const levels = integerLevels(format, dataTypes[format.dtype].bits);
  const { grids, codes } = coding({ ...request, format: levels });
  const all = grids.grids;
  const integers = all[0].levels.values;
  const isSigned = format.codes.full.min < 0;
  const own = isSigned ? new Int8Array(codes.length) : new Uint8Array(codes.length);
  for (const [i, code] of codes.entries()) own[i] = integers[code];
  return {
    format,
    grouping: request.grouping,
    scales: Float32Array.from(all, ({ scale }) => scale),
    zeroPoints: isSigned ? undefined : Uint8Array.from(all, ({ zeroPoint }) => integers[zeroPoint ?? 0]),
    codes: own,
  };
}
