import type { GroupGrid } from './grid-method.ts';

/** From a weight to its code, and from a code to what it stands for. */
export interface Coder {
  /** Of the nearest level. */
  code(weight: number): number;
  value(code: number): number;
}

/** In float32, as the decoding nodes compute it. */
export function coderOf({ levels, scale, zeroPoint }: GroupGrid): Coder {
  const zero = zeroPoint === undefined ? 0 : levels.values[zeroPoint];
  const values = levels.values.map((level) => Math.fround(level - zero) * scale);
  return {
    code: (weight) => levels.nearest(Math.fround(weight / scale) + zero),
    value: (code) => values[code],
  };
}
