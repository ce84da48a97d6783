import { roundHalfEven } from '../tensor/round-half-even.ts';

const INT32_MAX = 2 ** 31 - 1;

/** int32 codes of a bias on the grid of the layer's sums: scale[c] = inputScale · weightScale[c], zero point 0. */
export function biasCodes(bias: Float32Array, scales: Float32Array): Int32Array {
  const codes = new Int32Array(bias.length);
  for (let c = 0; c < bias.length; c++) {
    const code = roundHalfEven(bias[c] / scales[c % scales.length]);
    codes[c] = Math.min(Math.max(code, -INT32_MAX), INT32_MAX);
  }
  return codes;
}

/** Scale of a layer's integer sums, as float32; the product is exact in float64. */
export function biasScales(inputScale: number, weightScales: Float32Array): Float32Array {
  return weightScales.map((scale) => inputScale * scale);
}
