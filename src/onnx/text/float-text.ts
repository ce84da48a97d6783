/**
 * The shortest decimal that reads back as the same float32.
 * @param value a float32, held in a double as everywhere in JavaScript
 */
export function floatText(value: number): string {
  // Nine significant digits tell any two float32 apart.
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return doubleText(short);
  }
  return doubleText(value);
}

/** The shortest decimal that reads back as the same double; `nan`, `inf` and `-inf` as ONNX spells them. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
