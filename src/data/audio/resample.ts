/** Zero crossings of the low-pass kernel on each side. */
const ZEROS = 16;
/** The cut-off as a part of the lower Nyquist frequency. */
const ROLLOFF = 0.95;
/** Kernel values kept for reuse, in all phases: 32 MiB. */
const MAX_KEPT = 2 ** 22;

/**
 * Band-limited resampling by a windowed sinc (Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample):
 *
 *     y[n] = Σₖ x[k] · h(n·from/to − k),   h(t) = c · sinc(c·t) · cos²(π·c·t / (2·16)) for |c·t| < 16, else 0
 *
 * with sinc(u) = sin(πu)/(πu) and c = 0.95 · min(1, to/from); beyond its ends the sound is silent. ⌈length · to / from⌉
 * samples come out; equal rates change nothing.
 * @param from Hz, a whole number, as is `to`
 */
export function resample(samples: Float64Array, from: number, to: number): Float64Array {
  if (from === to) return samples;
  const divisor = gcd(from, to);
  const [step, phases] = [from / divisor, to / divisor];
  const cutoff = ROLLOFF * Math.min(1, to / from);
  const reach = Math.ceil(ZEROS / cutoff);
  const isKept = phases * 2 * reach <= MAX_KEPT;
  const kept = new Map<number, Float64Array>();

  const resampled = new Float64Array(Math.ceil((samples.length * to) / from));
  for (let n = 0; n < resampled.length; n++) {
    const position = n * step;
    const phase = position % phases;
    const centre = (position - phase) / phases;
    const kernel = kept.get(phase) ?? makeKernel(phase / phases, reach, cutoff);
    if (isKept) kept.set(phase, kernel);
    const first = centre - reach + 1;
    let sum = 0;
    const end = Math.min(kernel.length, samples.length - first);
    for (let i = Math.max(0, -first); i < end; i++) sum += samples[first + i] * kernel[i];
    resampled[n] = sum;
  }
  return resampled;
}

/** h(fraction + reach − 1 − i): the weights of samples centre − reach + 1 .. centre + reach. */
function makeKernel(fraction: number, reach: number, cutoff: number): Float64Array {
  return Float64Array.from({ length: 2 * reach }, (_, i) => {
    const u = cutoff * (fraction + reach - 1 - i);
    if (Math.abs(u) >= ZEROS) return 0;
    const sinc = u === 0 ? 1 : Math.sin(Math.PI * u) / (Math.PI * u);
    return cutoff * sinc * Math.cos((Math.PI * u) / (2 * ZEROS)) ** 2;
  });
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
