import type { GraphWriter } from '../../ops/graph-writer.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import type { FloatFormat } from '../float-format.ts';
import type { Format } from '../format.ts';
import type { LevelFormat } from '../level-format.ts';
import { decodeCodes, decodeHalves } from './decode-at-load.ts';
import { decodeLevels } from './decode-levels.ts';
import { decodedGroups, groupCodes, groupGrids } from './group-codes.ts';
import { cutBack, type Grouping } from './grouping.ts';
import { decodedLevels } from './level-grids.ts';
import { bytesOfCodes } from './source-of-codes.ts';
import { integerCoding, type WeightCoding } from './weight-coding.ts';
import { weightNumbers } from './weight-numbers.ts';
import type { WeightSite } from './weight-sites.ts';

/** Stores a weight as integers with a scale a group. Returns how far the decoded weight is from the given one. */
export async function storeCodes(
  site: WeightSite,
  format: Format,
  grouping: Grouping,
  coding?: WeightCoding,
): Promise<ErrorStatistics> {
  const weights = await weightNumbers(site);
  const grids = coding
    ? integerCoding(coding, format, { site, weights, isTurned: false, grouping })
    : groupGrids(weights, format, grouping);
  const errors = new ErrorStatistics();
  errors.add(weights, decodedGroups(groupCodes(weights, grids), grids));
  const { dtype } = format;
  // Computed when they are written, so that only one weight at a time is in memory.
  const read = async () => bytesOfCodes(dtype, groupCodes(await weightNumbers(site), grids));
  const shape = grouping.dims;
  decodeCodes(site, { dtype, shape, byteLength: byteLength(dtype, shape), read }, grids);
  return errors;
}

/** Stores a weight as codes of few levels. Returns how far the decoded weight is from the given one. */
export async function storeLevels(
  site: WeightSite,
  { format, grouping }: { format: LevelFormat; grouping: Grouping },
  coding: WeightCoding,
  write: GraphWriter,
): Promise<ErrorStatistics> {
  const weights = await weightNumbers(site);
  const { grids, codes } = coding({ site, weights, isTurned: false, grouping, format });
  const errors = new ErrorStatistics();
  errors.add(weights, cutBack(decodedLevels(codes, grids), grouping));
  decodeLevels(site, codes, grids, write);
  return errors;
}

/** Stores a weight as narrower floating-point numbers. Throws a RangeError where one is beyond the format's. */
export async function storeHalves(site: WeightSite, format: FloatFormat): Promise<ErrorStatistics> {
  const weights = await weightNumbers(site);
  const errors = new ErrorStatistics();
  errors.add(weights, format.decode(format.encode(weights)));
  const { dtype } = format;
  const { shape } = site.source;
  const read = async () => bytesOfTensor({ dtype, shape, data: format.encode(await weightNumbers(site)) });
  decodeHalves(site, { dtype, shape, byteLength: byteLength(dtype, shape), read }, format.name);
  return errors;
}
