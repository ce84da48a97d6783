import { type NumberType, numberTypes } from '../number-types.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A finite number written in decimal that the element type can hold, or undefined: no blanks, NaN, infinities or words. */
export function parseNumber(text: string, dtype: NumberType): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  const range = numberTypes[dtype];
  if (!range) return Number.isFinite(dtype === 'float' ? Math.fround(value) : value) ? value : undefined;
  return Number.isInteger(value) && value >= range[0] && value <= range[1] ? value : undefined;
}
