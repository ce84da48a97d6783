import type { Window } from './window.ts';

/** Where the copies of both flat maps lie on their common axis. */
export interface ShiftPlan {
  /** Length of a row of either map. */
  readonly pitch: number;
  /** Begin of dY's copy for each row of the kernel, and of X's for each column. */
  readonly rowBegins: readonly number[];
  readonly columnBegins: readonly number[];
  /** Length of the common axis. */
  readonly length: number;
}

/**
 * With rows of dY and X equally long, L, tap (i, j) of a dense 2-D kernel is a shift by i·L + j of flat maps: copy i of dY
 * begins at aᵢ, copy j of X at bⱼ, and aᵢ − bⱼ is the tap's offset (i − top)·L + j − left.
 */
export function shiftPlan({ kernel: [kh, kw], begins: [top, left], wide, narrow }: Window): ShiftPlan {
  const pitch = Math.max(wide[1], narrow[1]);
  const first = Math.max(0, kw - 1 - left - top * pitch);
  const rowBegins = Array.from({ length: kh }, (_, i) => first + i * pitch);
  const columnBegins = Array.from({ length: kw }, (_, j) => first + top * pitch + left - j);
  const length = Math.max(rowBegins[kh - 1] + narrow[0] * pitch, columnBegins[0] + wide[0] * pitch);
  return { pitch, rowBegins, columnBegins, length };
}
