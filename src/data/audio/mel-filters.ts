/** What a bank of filters covers. */
export interface MelBank {
  bands: number;
  /** Hz. */
  sampleRate: number;
  /** Samples of the transform; it has fftSize / 2 + 1 bins. */
  fftSize: number;
  /** Hz: the lower foot of the first band and the upper of the last. */
  from: number;
  to: number;
}

/**
 * Triangular filters, evenly spaced on the mel scale of HTK, mel(f) = 2595·log₁₀(1 + f/700), of height 1, sampled at the
 * frequencies of the bins, k·sampleRate/fftSize: `[bands, bins]` row-major. (librosa: `htk=True, norm=None`.)
 */
export function melFilters({ bands, sampleRate, fftSize, from, to }: MelBank): Float64Array {
  const bins = fftSize / 2 + 1;
  const [low, high] = [melOf(from), melOf(to)];
  const feet = Float64Array.from({ length: bands + 2 }, (_, i) =>
    frequencyOf(low + ((high - low) * i) / (bands + 1)),
  );
  const filters = new Float64Array(bands * bins);
  for (let band = 0; band < bands; band++) {
    const [left, peak, right] = feet.subarray(band, band + 3);
    for (let bin = 0; bin < bins; bin++) {
      const frequency = (bin * sampleRate) / fftSize;
      const height = Math.min((frequency - left) / (peak - left), (right - frequency) / (right - peak));
      filters[band * bins + bin] = Math.max(0, height);
    }
  }
  return filters;
}

function melOf(frequency: number): number {
  return 2595 * Math.log10(1 + frequency / 700);
}

function frequencyOf(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}
