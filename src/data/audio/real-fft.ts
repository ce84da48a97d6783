/**
 * Discrete Fourier transform of real samples, radix 2 (Cooley & Tukey 1965): X[k] = Σₙ x[n]·e^(−2πikn/N).
 * `size` N is a power of two; the returned function takes N samples and gives bins 0 .. N/2, real parts and imaginary parts,
 * in arrays that the next call overwrites.
 */
export function realFft(
  size: number,
): (samples: Float64Array) => { real: Float64Array; imaginary: Float64Array } {
  const cosines = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
  const reversed = reversedBits(size);
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  const bins = { real: real.subarray(0, size / 2 + 1), imaginary: imaginary.subarray(0, size / 2 + 1) };
  return (samples) => {
    for (let i = 0; i < size; i++) real[i] = samples[reversed[i]];
    imaginary.fill(0);
    for (let half = 1; half < size; half *= 2)
      for (let start = 0; start < size; start += 2 * half)
        for (let k = 0; k < half; k++) {
          const [a, b] = [start + k, start + k + half];
          const [c, s] = [cosines[(k * size) / (2 * half)], sines[(k * size) / (2 * half)]];
          const [re, im] = [real[b] * c + imaginary[b] * s, imaginary[b] * c - real[b] * s];
          real[b] = real[a] - re;
          imaginary[b] = imaginary[a] - im;
          real[a] += re;
          imaginary[a] += im;
        }
    return bins;
  };
}

function reversedBits(size: number): Uint32Array {
  const bits = Math.log2(size);
  return Uint32Array.from({ length: size }, (_, index) => {
    let turned = 0;
    for (let bit = 0; bit < bits; bit++) turned |= ((index >> bit) & 1) << (bits - 1 - bit);
    return turned;
  });
}
