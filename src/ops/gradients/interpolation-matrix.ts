/** How one axis of `from` elements becomes one of `to`. */
export interface Interpolation {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** nearest, linear or cubic. */
  readonly mode: string;
  /** `coordinate_transformation_mode`. */
  readonly coordinates: string;
  /** `nearest_mode`. */
  readonly rounding: string;
  /** `cubic_coeff_a`. */
  readonly cubic: number;
  readonly excludesOutside: boolean;
  /** Widens the filter where the axis shrinks. */
  readonly antialias: boolean;
  /** Begin and end of the cut-out of tf_crop_and_resize, as parts of the axis. */
  readonly region: readonly [number, number];
}

/**
 * Weights [to, from] with which each new element is made of the old ones, by the formulas of ONNX's Resize. Places are
 * reckoned in float32, as engines do: rounding decides which element is the nearest.
 */
export function interpolationMatrix(interpolation: Interpolation): Float32Array<ArrayBuffer> {
  const { from, to } = interpolation;
  const matrix = new Float32Array(to * from);
  for (let row = 0; row < to; row++) {
    const place = placeOf(row, interpolation);
    const isOutside = place < 0 || place > from - 1;
    if (interpolation.coordinates === 'tf_crop_and_resize' && isOutside) continue;
    for (const [column, weight] of tapsOf(place, interpolation)) matrix[row * from + column] += weight;
  }
  return matrix;
}

const f = Math.fround;

function placeOf(row: number, { from, to, scale, coordinates, region }: Interpolation): number {
  const halfPixel = f(f(f(row + 0.5) / scale) - 0.5);
  switch (coordinates) {
    case 'asymmetric':
      return f(row / scale);
    case 'align_corners':
      return to === 1 ? 0 : f(f(row * (from - 1)) / (to - 1));
    case 'pytorch_half_pixel':
      return to > 1 ? halfPixel : 0;
    case 'half_pixel_symmetric':
      return f((from / 2) * (1 - to / f(scale * from)) + halfPixel);
    case 'tf_half_pixel_for_nn':
      return f(f(row + 0.5) / scale);
    case 'tf_crop_and_resize': {
      const [begin, end] = region;
      if (to === 1) return f(0.5 * (begin + end) * (from - 1));
      return f(begin * (from - 1) + (row * (end - begin) * (from - 1)) / (to - 1));
    }
    default:
      return halfPixel;
  }
}

type Tap = readonly [column: number, weight: number];

function tapsOf(place: number, interpolation: Interpolation): Tap[] {
  const { from, scale, mode, antialias } = interpolation;
  if (mode === 'nearest') return [[clamp(nearest(place, interpolation.rounding), from), 1]];
  const shrink = antialias ? Math.min(scale, 1) : 1;
  if (mode === 'linear' && !antialias) return linearTaps(Math.min(Math.max(place, 0), from - 1), from);
  const reach = (mode === 'cubic' ? 2 : 1) / shrink;
  const weightAt = (distance: number) =>
    mode === 'cubic' ? cubicWeight(distance, interpolation.cubic) : Math.max(0, 1 - Math.abs(distance));
  const taps: Tap[] = [];
  for (let at = Math.floor(place - reach) + 1; at <= Math.ceil(place + reach) - 1; at++)
    taps.push([at, weightAt((at - place) * shrink)]);
  const isInside = ([at]: Tap) => at >= 0 && at < from;
  const counted = interpolation.excludesOutside ? taps.filter(isInside) : taps;
  const total = counted.reduce((sum, [, weight]) => sum + weight, 0);
  return counted.map(([at, weight]) => [clamp(at, from), weight / total]);
}

function linearTaps(place: number, from: number): Tap[] {
  const low = Math.min(Math.floor(place), from - 1);
  const part = place - low;
  return [
    [low, 1 - part],
    [Math.min(low + 1, from - 1), part],
  ];
}

/** Keys 1981. */
function cubicWeight(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

function nearest(place: number, rounding: string): number {
  const low = Math.floor(place);
  if (rounding === 'floor') return low;
  if (rounding === 'ceil') return Math.ceil(place);
  const part = place - low;
  if (part === 0.5) return rounding === 'round_prefer_ceil' ? low + 1 : low;
  return part < 0.5 ? low : low + 1;
}

function clamp(at: number, length: number): number {
  return Math.min(Math.max(at, 0), length - 1);
}
