/** Products of uint8 and int8 that always fit a sum of 32 bits: ⌊(2³¹ − 1) / (255 · 127)⌋. */
export const MAX_DEPTH = Math.floor((2 ** 31 - 1) / (255 * 127));
