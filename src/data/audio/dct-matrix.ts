/**
 * The orthonormal DCT-II as a matrix `[count, size]`, row-major: y[k] = s·Σₙ x[n]·cos(π·k·(2n + 1)/(2·size)) with
 * s = √(1/size) for k = 0, else √(2/size). (scipy: `dct(type=2, norm='ortho')`.)
 */
export function dctMatrix(count: number, size: number): Float64Array {
  return Float64Array.from({ length: count * size }, (_, i) => {
    const [k, n] = [Math.floor(i / size), i % size];
    return Math.sqrt((k === 0 ? 1 : 2) / size) * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * size));
  });
}
