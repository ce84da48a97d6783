/** The number a float literal stands for; `nan`, `inf` and `infinity` in any case. */
export function parseFloatText(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}
