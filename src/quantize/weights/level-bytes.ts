import { elementCount } from '../../tensor/element-count.ts';
import type { LevelFormat } from '../level-format.ts';
import { codeCount, type Grouping, scaleShape } from './grouping.ts';

const SCALE_BYTES = { float32: 4, 'power-of-two': 1, none: 0 } as const;

/** Of the codes of a weight and what they stand for; levels that all weights share are not counted. */
export function levelBytes({ bits, levels, scales, hasZeroPoint }: LevelFormat, grouping: Grouping): number {
  const groups = elementCount(scaleShape(grouping));
  const own = typeof levels === 'number' ? 4 * levels : 0;
  const zeroPoint = hasZeroPoint ? bits / 8 : 0;
  return Math.ceil((codeCount(grouping) * bits) / 8 + groups * (SCALE_BYTES[scales] + own + zeroPoint));
}
