/** Pieces of `size` entries along time, the first beginning at entry 0, each next one `hop` later. */
export interface Cutting {
  readonly size: number;
  readonly hop: number;
}

/** How many pieces fit in whole. */
export function frameCount(entries: number, { size, hop }: Cutting): number {
  return Math.max(0, 1 + Math.floor((entries - size) / hop));
}
