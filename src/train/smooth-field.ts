import type { AxisView } from './axis-view.ts';

/** Boxes one after the other come near to a Gaussian: three differ by some percent of its peak. */
const PASSES = 3;

/** A box whose width need not be odd: `radius` neighbours on either side count 1, the next ones `edge`. */
interface Box {
  readonly radius: number;
  readonly edge: number;
}

/**
 * Smooths rows and columns in place as a Gaussian of that sigma does, with 0 beyond the borders, by boxes of just that
 * variance (Gwosdek et al. 2011); the work does not grow with sigma.
 * @param scratch of the field's length
 */
export function smoothField(
  field: Float32Array,
  { height, width }: { height: number; width: number },
  sigma: number,
  scratch: Float32Array,
): void {
  const box = boxOf((sigma * sigma) / PASSES);
  let [from, to] = [field, scratch];
  for (const view of [
    { outer: height, length: width, inner: 1 },
    { outer: 1, length: height, inner: width },
  ])
    for (let pass = 0; pass < PASSES; pass++) {
      averageAlong(from, to, view, box);
      [from, to] = [to, from];
    }
  if (from !== field) field.set(from);
}

/** Solves (r(r + 1)(2r + 1)/3 + 2e(r + 1)²) / (2r + 1 + 2e) = variance for the edge e, r as large as e ≥ 0 allows. */
function boxOf(variance: number): Box {
  const radius = Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2);
  const width = 2 * radius + 1;
  const edge = (width * (variance - (radius * (radius + 1)) / 3)) / (2 * ((radius + 1) ** 2 - variance));
  return { radius, edge };
}

function averageAlong(
  from: Float32Array,
  to: Float32Array,
  { outer, length, inner }: AxisView,
  { radius, edge }: Box,
): void {
  const share = 1 / (2 * radius + 1 + 2 * edge);
  const reach = Math.min(radius, length);
  for (let block = 0; block < outer * length * inner; block += length * inner)
    for (let start = block; start < block + inner; start++) {
      let sum = 0;
      for (let k = 0; k < reach; k++) sum += from[start + k * inner];
      let behind = 0;
      for (let k = 0; k < length; k++) {
        const last = k >= radius ? from[start + (k - radius) * inner] : 0;
        if (k + radius < length) sum += from[start + (k + radius) * inner];
        const ahead = k + radius + 1 < length ? from[start + (k + radius + 1) * inner] : 0;
        to[start + k * inner] = (sum + edge * (behind + ahead)) * share;
        sum -= last;
        behind = last;
      }
    }
}
